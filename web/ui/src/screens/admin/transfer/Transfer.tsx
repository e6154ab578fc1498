// Moving in and moving out.
import { setQueryParams, useQueryParams } from '@/app/place';
import { useWords } from '@/i18n';
import { Page } from '@/kit/Page';
import { useTabs } from '@/kit/Tabs';
import { ExportTab } from './ExportTab';
import { ImportTab } from './ImportTab';

export default function Transfer() {
  const t = useWords('transfer');
  const tab = useQueryParams().get('tab') === 'export' ? 'export' : 'import';
  const { list, panelProps } = useTabs(['import', 'export'].map((id) => ({ id, title: t(`tab.${id}`) })), tab, (id) => setQueryParams({ tab: id === 'import' ? undefined : id }), t('title'));
  return (
    <Page title={t('title')} intro={t(`intro.${tab}`)}>
      {list}
      <div {...panelProps} className="pt-4">{tab === 'import' ? <ImportTab /> : <ExportTab />}</div>
    </Page>
  );
}
