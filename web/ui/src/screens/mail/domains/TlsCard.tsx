// Encryption on the way here: the policy that this server serves, and how to see its certificate.
import { useWords } from '@/i18n';
import { Card } from '@/kit/Page';
import type { DomainAdvice } from '../api';
import { Said } from '../Said';
import { Copyable } from './Copyable';

export function TlsCard({ advice }: { advice: DomainAdvice }) {
  const t = useWords('mail');
  const mode = /mode:\s*(\w+)/.exec(advice.mta_sts_policy)?.[1] ?? '';
  return (
    <Card title={t('tls.title')}>
      {advice.mta_sts_policy && (
        <>
          <p className="max-w-prose">{t(`tls.mode.${mode}`, { defaultValue: '' })}</p>
          <dl className="my-2 grid gap-2"><Copyable label={t('tls.policy')} text={advice.mta_sts_policy.trim().replaceAll('\r', '')} what={t('tls.policy')} /></dl>
        </>
      )}
      <p className="max-w-prose text-faint">{t('tls.certificate')}</p>
      <dl className="my-2 grid gap-2">
        <Copyable label={t('tls.smtp')} what={t('tls.smtp')} text={`openssl s_client -starttls smtp -connect ${advice.hostname}:25 -servername ${advice.hostname} </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName`} />
      </dl>
      {advice.notes.length > 0 && <ul className="list-disc pl-5 text-sm">{advice.notes.map((each) => <li key={each}><Said text={each} /></li>)}</ul>}
    </Card>
  );
}
