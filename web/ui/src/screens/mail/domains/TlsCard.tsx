// Encryption on the way here: the policy that this server serves.
import { useWords } from '@/i18n';
import { Card } from '@/kit/Page';
import type { DomainAdvice } from '../api';
import { Said } from '../Said';
import { Copyable } from './Copyable';

export function TlsCard({ advice }: { advice: DomainAdvice }) {
  const t = useWords('mail');
  const mode = /mode:\s*(\w+)/.exec(advice.mta_sts_policy)?.[1] ?? '';
  if (!advice.mta_sts_policy && advice.notes.length === 0) return null;
  return (
    <Card title={t('tls.title')}>
      {advice.mta_sts_policy && (
        <>
          <p className="max-w-prose">{t(`tls.mode.${mode}`, { defaultValue: '' })}</p>
          <dl className="my-2 grid gap-2"><Copyable label={t('tls.policy')} text={advice.mta_sts_policy.trim().replaceAll('\r', '')} what={t('tls.policy')} /></dl>
        </>
      )}
      {advice.notes.length > 0 && <ul className="list-disc pl-5 text-sm">{advice.notes.map((each) => <li key={each}><Said text={each} /></li>)}</ul>}
    </Card>
  );
}
