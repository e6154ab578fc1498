// The audit log: its entries, its chain, and who is told of what matters.
import { go, useQueryParams } from '@/app/place';
import { useWords } from '@/i18n';
import { Page } from '@/kit/Page';
import { useTabs } from '@/kit/Tabs';
import { ContactCard } from '../security/ContactCard';
import { ChainTab } from './ChainTab';
import { EntriesTab } from './EntriesTab';

export default function AuditScreen() {
  const t = useWords('audit');
  const tabs = ['entries', 'chain', 'contact'].map((id) => ({ id, title: t(`tab.${id}`) }));
  const params = useQueryParams();
  const current = tabs.find((each) => each.id === params.get('tab'))?.id ?? 'entries';
  const { list, panelProps } = useTabs(tabs, current, (id) => go(id === 'entries' ? '/audit' : `/audit?tab=${id}`, { replace: true }), t('title'));
  return (
    <Page title={t('title')} intro={t('intro')} isWide>
      {list}
      <div {...panelProps} className="pt-4">
        {current === 'entries' && <EntriesTab />}
        {current === 'chain' && <ChainTab />}
        {current === 'contact' && <ContactCard />}
      </div>
    </Page>
  );
}
