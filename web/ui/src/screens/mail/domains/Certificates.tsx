// The certificates that this server shows to other servers and to browsers.
import { useQuery } from '@tanstack/react-query';
import { notice } from '@/app/notices';
import { useWords } from '@/i18n';
import { date } from '@/i18n/dates';
import { useAct } from '@/kit/act';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { Said } from '../Said';
import { certificatesQuery, certificateTones, reloadCertificates, stateOf, type Certificate } from './keys';

function One({ certificate }: { certificate: Certificate }) {
  const t = useWords('mail');
  const { state, days } = stateOf(certificate, Date.now());
  return (
    <li className="border-t border-line py-2 first:border-t-0 first:pt-0">
      <div className="flex flex-wrap items-center gap-2"><strong>{t(`certificates.${certificate.listener}`)}</strong><Badge tone={certificateTones[state]}>{t(`certificates.is.${state}`, { count: Math.abs(days) })}</Badge>{certificate.self_signed && <Badge tone="warn">{t('certificates.self_signed')}</Badge>}</div>
      {certificate.problem ? <p className="text-bad"><Said text={certificate.problem} /></p> : (
        <dl className="mt-1 grid gap-x-3 text-sm sm:grid-cols-[8.5rem_1fr]">
          <dt className="text-faint">{t('certificates.names')}</dt><dd className="m-0 [overflow-wrap:anywhere]">{certificate.names.join(', ') || certificate.subject}</dd>
          <dt className="text-faint">{t('certificates.issuer')}</dt><dd className="m-0 [overflow-wrap:anywhere]">{certificate.issuer} <span className="text-faint">{t('certificates.chain', { count: certificate.chain_length })}</span></dd>
          {certificate.not_before && certificate.not_after && <><dt className="text-faint">{t('certificates.valid')}</dt><dd className="m-0">{date(certificate.not_before)} – {date(certificate.not_after)}</dd></>}
        </dl>
      )}
    </li>
  );
}

export function Certificates() {
  const t = useWords('mail');
  const query = useQuery(certificatesQuery);
  const [isBusy, act] = useAct();
  const reload = () => void act(async () => {
    const waiting = await reloadCertificates();
    notice(waiting.length > 0 ? t('certificates.reloaded_but', { names: waiting.join(', ') }) : t('certificates.reloaded'));
  });
  return (
    <Card title={t('certificates.title')} actions={query.data?.may_reload && <Button isBusy={isBusy} onClick={reload}>{t('certificates.reload')}</Button>}>
      <Loaded query={query}>{(data) => <ul aria-label={t('certificates.title')} className="m-0 list-none p-0">{data.certificates.map((each) => <One key={each.listener} certificate={each} />)}</ul>}</Loaded>
      <p className="mt-2 max-w-prose text-sm text-faint">{t('certificates.hint')}</p>
    </Card>
  );
}
