// Searching tickets: as one types, with the query in the address so that it can be linked and gone back to.
import { useCallback, useLayoutEffect, useMemo, useRef, useState, type FormEvent } from 'react';
import { ApiError, post, wordsOf } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { go, setQueryParams, useQueryParams } from '@/app/place';
import { queries, useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Field } from '@/kit/Field';
import { Empty, usePageTitle } from '@/kit/Page';
import { useRefetchOnChange } from '../list/views';
import { asView } from './asView';
import { useSearch } from './data';
import { Help } from './Help';
import { Results } from './Results';

const kTypingMs = 250;
const kSorts = ['', 'updated_at desc', 'updated_at asc', 'created_at desc', 'created_at asc', 'priority desc', 'status asc'];
const kSearchKey = ['search'] as const;

function Keep({ query, onClose }: { query: string; onClose: () => void }) {
  const t = useWords('desk');
  const { me } = useSession();
  const [title, setTitle] = useState('');
  const [problem, setProblem] = useState('');
  const kept = useMemo(() => asView(query), [query]);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if ('because' in kept) return;
    try {
      const { view } = await post('/api/v2/views', { view: { title: title.trim(), ...kept, restriction: { type: 'User', id: me.id }, output: { columns: ['status', 'subject', 'requester', 'assignee', 'updated'], sort_by: 'updated', sort_order: 'desc' } } });
      await queries.invalidateQueries({ queryKey: ['views'] });
      onClose();
      notice(t('search.kept', { title: view.title }));
      go(`/views/${view.id}`);
    } catch (failed) {
      if (failed instanceof ApiError && failed.status === 422) setProblem(failed.words);
      else failure(failed);
    }
  };
  return (
    <Dialog title={t('search.keep')} onClose={onClose}>
      {'because' in kept ? <p className="max-w-prose">{t(`search.cannot_keep.${kept.because}`)}</p> : (
        <form onSubmit={(event) => void save(event)}>
          <Field autoFocus label={t('search.keep_name')} hint={t('search.keep_hint')} error={problem} required maxLength={100} value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
          <div className="flex justify-end gap-2"><Button onClick={onClose}>{t('common:cancel')}</Button><Button look="main" type="submit" disabled={!title.trim()}>{t('common:save')}</Button></div>
        </form>
      )}
    </Dialog>
  );
}

export default function SearchScreen() {
  const t = useWords('desk');
  const params = useQueryParams();
  const query = params.get('q') ?? '';
  const sort = kSorts.includes(params.get('sort') ?? '') ? (params.get('sort') ?? '') : '';
  const [by = '', order = ''] = sort.split(' ');
  const [typed, setTyped] = useState(query);
  const [isKeeping, setKeeping] = useState(false);
  const [isHelp, setHelp] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  useRefetchOnChange(kSearchKey);
  const { data, error, fetchNextPage, hasNextPage, isFetching } = useSearch(query, { by, order });
  usePageTitle(query ? t('search.order', { query }) : t('search.title'));

  const ask = useCallback((text: string) => { clearTimeout(timer.current); setQueryParams({ q: text.trim() }); }, []);
  useLayoutEffect(() => { box.current?.focus(); return () => clearTimeout(timer.current); }, []);
  useLayoutEffect(() => { setTyped((was) => (was.trim() === query ? was : query)); }, [query]);
  const change = (text: string) => { setTyped(text); clearTimeout(timer.current); timer.current = window.setTimeout(() => ask(text), kTypingMs); };

  const rows = useMemo(() => (data?.pages ?? []).flatMap((each) => each.results), [data]);
  const names = useMemo(() => new Map((data?.pages ?? []).flatMap((each) => each.users ?? []).map((each) => [String(each.id), each])), [data]);
  const first = data?.pages[0];
  const more = useCallback(async () => (await fetchNextPage()).data?.pages.flatMap((each) => each.results) ?? [], [fetchNextPage]);
  const problem = error instanceof ApiError && error.status === 422 ? (error.about('query') ?? error.words) : error ? wordsOf(error) : '';

  return (
    <div className="flex h-full flex-col">
      <div className="shrink-0 border-b border-line bg-paper px-4 py-3">
        <h1 className="sr-only">{t('search.title')}</h1>
        <form role="search" className="flex flex-wrap items-start gap-2" onSubmit={(event) => { event.preventDefault(); ask(typed); }}>
          <div className="min-w-[min(16rem,100%)] flex-1">
            <input ref={box} type="search" value={typed} onChange={(event) => change(event.currentTarget.value)} aria-label={t('search.title')} aria-invalid={problem ? true : undefined} aria-describedby={problem ? 'search-problem' : undefined} placeholder={t('search.placeholder')} spellCheck={false} autoComplete="off"
              onKeyDown={(event) => { if (event.key !== 'Escape') return; event.preventDefault(); event.currentTarget.blur(); }}
              className="w-full rounded-md border border-line-strong bg-paper px-3 py-1.5 text-ink aria-[invalid=true]:border-bad" />
            {problem && <p id="search-problem" role="alert" className="mt-1 text-sm text-bad">{problem}</p>}
          </div>
          <select aria-label={t('search.sort')} value={sort} onChange={(event) => setQueryParams({ sort: event.currentTarget.value })} className="min-h-9 rounded-md border border-line-strong bg-paper px-2">
            {kSorts.map((each) => <option key={each} value={each}>{t(`search.by.${each ? each.replace(' ', '_') : 'relevance'}`)}</option>)}
          </select>
          {query && <Button className="min-h-9" onClick={() => { ask(typed); setKeeping(true); }}>{t('search.keep')}</Button>}
          <Button className="min-h-9" aria-expanded={isHelp || !query} onClick={() => setHelp(!isHelp)}>{t('search.help')}</Button>
        </form>
        <p role="status" className="mt-1 text-sm text-faint">
          {query && first && !error ? t(first.approximate ? 'search.about' : 'search.found', { count: first.count, number: number(first.count) }) : ''}
          {first?.indexing ? ` ${t('search.indexing', { percent: Math.floor((first.indexing.done / Math.max(1, first.indexing.total)) * 100) })}` : ''}
        </p>
      </div>
      {isHelp || !query ? <div className="min-h-0 flex-1 overflow-auto"><Help onTry={(text) => { setHelp(false); setTyped(text); ask(text); box.current?.focus(); }} /></div>
        : rows.length > 0 ? <Results query={query} rows={rows} names={names} total={first?.count ?? 0} hasMore={hasNextPage} onMore={more} />
          : !error && first && !isFetching ? <Empty>{t('search.nothing')}</Empty> : null}
      {isKeeping && <Keep query={query} onClose={() => setKeeping(false)} />}
    </div>
  );
}
