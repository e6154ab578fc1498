// The right side: what the ticket is, who asks, what happened, what belongs to it.
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import type { Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { useTabs } from '@/kit/Tabs';
import { useAfterPaint } from '@/kit/useAfterPaint';
import type { TicketAnswer, TicketEvent } from '@/screens/desk/types';
import type { SaveFields } from '../useSave';
import { Properties } from './Properties';

const Customer = lazy(() => import('./Customer').then((all) => ({ default: all.Customer })));
const History = lazy(() => import('./History').then((all) => ({ default: all.History })));
const Linked = lazy(() => import('./Linked').then((all) => ({ default: all.Linked })));

export const kTabs = ['ticket', 'customer', 'history', 'linked'];
let lastTab = 'ticket'; // an agent who works with histories sees the next ticket's history

export function usePanelTab(): [string, (tab: string) => void] {
  const [tab, setTab] = useState(lastTab);
  const choose = useCallback((next: string) => { lastTab = next; setTab(next); }, []);
  return [tab, choose];
}

const mergedFrom = (events: TicketEvent[]) => events.filter((each) => each.kind === 'merged_from').flatMap((each) => each.detail.match(/\d+/g) ?? []);

export function Panel({ answer, events, save, problems, mayWrite, tab, onTab, onMerge, onClose }: {
  answer: TicketAnswer; events: TicketEvent[]; save: SaveFields; problems: Record<string, string>; mayWrite: boolean; tab: string; onTab: (tab: string) => void; onMerge: () => void; onClose: () => void;
}) {
  const t = useWords('ticket');
  const { ticket, organization } = answer;
  const { list, panelProps } = useTabs(kTabs.map((each) => ({ id: each, title: t(`tab.${each}`) })), tab, onTab, t('details_panel'));
  const sources = useMemo(() => mergedFrom(events), [events]);
  const id: Id = ticket.id;
  const isRead = useAfterPaint(); // the conversation is what is waited for
  return (
    <aside id="ticket-panel" aria-label={t('details_panel')} className="flex min-h-0 flex-col border-line bg-paper max-lg:absolute max-lg:inset-0 max-lg:z-20 lg:w-84 lg:border-l">
      <div className="flex items-start"><div className="min-w-0 flex-1">{list}</div><Button look="quiet" className="lg:hidden" aria-label={t('common:close')} onClick={onClose}>×</Button></div>
      <div {...panelProps} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]">
        {isRead && <Suspense fallback={null}>
          {tab === 'ticket' && <Properties ticket={ticket} save={save} problems={problems} isFixed={!mayWrite || ticket.status === 'closed'} organizationName={organization?.name ?? null} />}
          {tab === 'customer' && <Customer ticket={ticket} organization={organization} />}
          {tab === 'history' && <History ticket={id} />}
          {tab === 'linked' && <Linked ticket={ticket} mergedFrom={sources} mayWrite={mayWrite} onMerge={onMerge} />}
        </Suspense>}
      </div>
    </aside>
  );
}
