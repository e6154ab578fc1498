// Why a graph is empty, and what makes reports come.
import { useWords } from '@/i18n';
import { Card } from '@/kit/Page';

export function NoReports({ kind, domain }: { kind: 'dmarc' | 'tls'; domain: string }) {
  const t = useWords('mail');
  return (
    <Card>
      <div className="mx-auto max-w-prose p-4">
        <h2>{t('reports.none', { domain })}</h2>
        <p className="mt-2 text-faint">{t(`reports.none_${kind}`)}</p>
        <ol className="mt-2 list-decimal pl-5">
          <li className="mb-1">{t('reports.none_inbox')}</li>
          <li className="mb-1"><a href={`#/mail/domains/${encodeURIComponent(domain)}?step=${kind === 'dmarc' ? 'policy' : 'tls'}`}>{t(`reports.none_publish_${kind}`)}</a></li>
          <li>{t('reports.none_wait')}</li>
        </ol>
      </div>
    </Card>
  );
}
