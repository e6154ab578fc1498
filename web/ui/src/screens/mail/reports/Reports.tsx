// What other servers report: mail in our name (DMARC), encryption on the way here (TLS-RPT), and the reports themselves.
import { useQuery } from '@tanstack/react-query';
import { setQueryParams, useQueryParams } from '@/app/place';
import { useWords } from '@/i18n';
import { Check, Select } from '@/kit/Field';
import { Page } from '@/kit/Page';
import { useTabs } from '@/kit/Tabs';
import { dmarcQuery, domainsQuery, tlsQuery } from '../api';
import { DmarcGraph } from './DmarcGraph';
import { ReportList } from './ReportList';
import { SpanChoice } from '@/kit/SpanChoice';
import { TlsGraph } from './TlsGraph';
import { spanOf } from '@/kit/span';

const kTabs = ['dmarc', 'tls', 'reports'] as const;

// Own domains, and those that reports name beside them.
function useDomains(period: { from: string; to: string; unauthenticated: boolean }) {
  const own = useQuery({ ...domainsQuery, staleTime: 10 * 60_000 }).data ?? [];
  const dmarc = useQuery(dmarcQuery(period)).data?.domains ?? [];
  const tls = useQuery(tlsQuery(period)).data?.domains ?? [];
  return [...new Set([...own, ...dmarc, ...tls].map((each) => each.domain))].sort();
}

export default function Reports() {
  const t = useWords('mail');
  const params = useQueryParams();
  const tab = kTabs.find((each) => each === params.get('tab')) ?? 'dmarc';
  const span = spanOf(params);
  const unauthenticated = params.get('unproven') === '1';
  const domains = useDomains({ ...span, unauthenticated });
  const domain = params.get('domain') ?? domains[0] ?? '';
  const tabs = useTabs(kTabs.map((id) => ({ id, title: t(`reports.tab.${id}`) })), tab, (id) => setQueryParams({ tab: id }), t('reports.title'));
  const period = { domain, ...span, unauthenticated };
  return (
    <Page title={t('reports.title')} intro={t('reports.intro')} isWide>
      {tabs.list}
      <div {...tabs.panelProps} tabIndex={0} className="pt-4 outline-offset-4">
        {tab === 'reports' ? <ReportList /> : (
          <>
            <div className="flex flex-wrap items-end gap-x-4">
              <Select label={t('reports.domain')} boxClass="min-w-52" value={domain} onChange={(event) => setQueryParams({ domain: event.currentTarget.value })}>
                {(domains.includes(domain) || !domain ? domains : [domain, ...domains]).map((each) => <option key={each} value={each}>{each}</option>)}
              </Select>
              <SpanChoice />
              <Check className="pb-2" label={t('reports.unproven')} hint={t('reports.unproven_hint')} checked={unauthenticated} onChange={(event) => setQueryParams({ unproven: event.currentTarget.checked ? '1' : undefined })} />
            </div>
            {domain && (tab === 'dmarc' ? <DmarcGraph period={period} /> : <TlsGraph period={period} />)}
          </>
        )}
      </div>
    </Page>
  );
}
