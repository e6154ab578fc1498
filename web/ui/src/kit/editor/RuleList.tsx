// The screen of what is defined: read whole, searched by words, switched on and off, put in order.
import { useQuery } from '@tanstack/react-query';
import { type ReactNode } from 'react';
import { put, wordsOf, type Id } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { Failed, Page } from '@/kit/Page';
import { Wait } from '@/kit/Wait';
import { allPages } from './allPages';
import { LinkButton } from './LinkButton';
import { RuleRows } from './RuleRows';

export interface RuleItem { id: Id; title: string; active: boolean; description?: string | null }
interface RuleListProps<Item extends RuleItem> {
  plural: string; // "triggers": of the API, of the address and of the words
  name: string; // "trigger"
  query?: string;
  path?: string; // of the API, where it is not the plural
  place?: string; // of its screens, likewise
  mayChange: (item: Item) => boolean;
  mayAdd: boolean;
  canSort: boolean;
  reorder: (items: Item[]) => Promise<unknown>;
  titleOf?: (item: Item) => string; // what a shipped one is called in the page's language
  line: (item: Item) => ReactNode;
  side?: (item: Item) => ReactNode;
}

// Shows what is wished at once; what the server refuses is taken back.
export async function changeList<Item>(key: string[], next: Item[], work: () => Promise<unknown>): Promise<boolean> {
  const before = queries.getQueryData<Item[]>(key);
  queries.setQueryData(key, next);
  try { await work(); } catch (problem) { queries.setQueryData(key, before); failure(problem); return false; }
  const text = JSON.stringify(key);
  void queries.invalidateQueries({ predicate: (each) => JSON.stringify(each.queryKey) !== text });
  return true;
}

export function RuleList<Item extends RuleItem>({ plural, name, query = '', path = `/api/v2/${plural}`, place = `/admin/${plural}`, mayChange, mayAdd, canSort, reorder, titleOf = (item) => item.title, line, side }: RuleListProps<Item>) {
  const t = useWords('rules');
  const key = ['defined', plural];
  const list = useQuery({ queryKey: key, queryFn: ({ signal }) => allPages<Item>(`${path}${query}`, plural, signal), staleTime: 5_000 });
  const all = list.data ?? [];
  const title = t(`${plural}.title`);
  const turn = async (item: Item, active: boolean) => {
    const now = queries.getQueryData<Item[]>(key) ?? all;
    if (!(await changeList(key, now.map((each) => (each.id === item.id ? { ...each, active } : each)), () => put(`${path}/${item.id}`, { [name]: { active } })))) return;
    notice(t(active ? 'turned_on' : 'turned_off', { what: titleOf(item) }), { undo: () => void turn(item, !active) });
  };
  if (list.isError) return <Failed words={wordsOf(list.error)} onAgain={() => void list.refetch()} again={t('common:again')} />;
  return (
    <Page title={title} intro={t(`${plural}.intro`)} actions={mayAdd && <LinkButton href={`#${place}/new`}>{t(`${plural}.add`)}</LinkButton>}>
      {list.isPending ? <Wait /> : all.length === 0
        ? <section className="rounded-xl border border-line bg-paper p-6"><h2>{t(`${plural}.none`)}</h2><p className="mt-2 max-w-prose whitespace-pre-line text-faint">{t(`${plural}.example`)}</p></section>
        : <RuleRows<Item> label={title} items={all} titleOf={titleOf} isOn={(each) => each.active} href={(each) => `#${place}/${each.id}`} mayChange={mayChange} canSort={canSort}
            line={line} side={side} onMove={(next) => void changeList(key, next, () => reorder(next))} onTurn={(item, active) => void turn(item, active)} />}
    </Page>
  );
}
