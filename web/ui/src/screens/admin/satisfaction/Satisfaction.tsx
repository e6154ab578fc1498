// What customers think of the help they got, by whom, and how they are asked.
import { setQueryParams, useQueryParams } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Page } from '@/kit/Page';
import { useTabs } from '@/kit/Tabs';
import { Asking } from './Asking';
import { FigureTable, Overall } from './FigureTables';
import { Ratings } from './Ratings';

export default function Satisfaction() {
  const t = useWords('satisfaction');
  const { can } = useSession();
  const ids = ['ratings', 'figures', ...(can('settings:manage') ? ['asking'] : [])];
  const asked = useQueryParams().get('tab') ?? '';
  const tab = ids.includes(asked) ? asked : 'ratings';
  const { list, panelProps } = useTabs(ids.map((id) => ({ id, title: t(`tab.${id}`) })), tab, (id) => setQueryParams({ tab: id === 'ratings' ? undefined : id }), t('title'));
  return (
    <Page title={t('title')} intro={t('intro')}>
      <Overall />
      {list}
      <div {...panelProps} className="pt-4">
        {tab === 'ratings' && <Ratings />}
        {tab === 'figures' && <><FigureTable by="assignee" /><FigureTable by="group" /></>}
        {tab === 'asking' && <Asking />}
      </div>
    </Page>
  );
}
