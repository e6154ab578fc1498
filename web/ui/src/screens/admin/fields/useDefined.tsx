// Reads one of the three lists, and turns, moves and tells as all of them do.
import { useQuery } from '@tanstack/react-query';
import { get, put, wordsOf, type Id } from '@/api/http';
import { notice } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { changeList } from '@/kit/editor/RuleList';
import { Failed } from '@/kit/Page';
import { Wait } from '@/kit/Wait';

interface Item { id: Id; active: boolean }

export function useDefined<T extends Item>(plural: string, name: string, titleOf: (item: T) => string) {
  const t = useWords('rules');
  const key = ['defined', plural];
  const list = useQuery({ queryKey: key, queryFn: async ({ signal }) => (await get<Record<string, T[]>>(`/api/v2/${plural}`, signal))[plural] ?? [], staleTime: 5_000 });
  const all = list.data ?? [];
  const turn = async (item: T, active: boolean) => {
    const now = queries.getQueryData<T[]>(key) ?? all;
    if (!(await changeList(key, now.map((each) => (each.id === item.id ? { ...each, active } : each)), () => put(`/api/v2/${plural}/${item.id}`, { [name]: { active } })))) return;
    notice(t(active ? 'turned_on' : 'turned_off', { what: titleOf(item) }), { undo: () => void turn(item, !active) });
  };
  const move = (fixed: T[], next: T[]) => void changeList(key, [...fixed, ...next], () => put(`/api/v2/${plural}/reorder`, { [`${name}_ids`]: next.map((each) => each.id) }));
  const wait = list.isError ? <Failed words={wordsOf(list.error)} onAgain={() => void list.refetch()} again={t('common:again')} /> : list.isPending ? <Wait /> : null;
  return { all, turn, move, wait };
}
