// Which tags there are, most used first, with the way to their tickets.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get, query, wordsOf } from '@/api/http';
import type { Schema } from '@/api/schema';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { findTags } from '@/kit/conditions/useKnown';
import { Empty, Failed, Page } from '@/kit/Page';
import { Wait } from '@/kit/Wait';

type TagPage = Omit<Schema<'TagCountsAnswer'>, 'meta'> & { meta: Schema<'PageMeta'> }; // the document leaves the page's place open

export default function Tags() {
  const t = useWords('rules');
  const [words, setWords] = useState('');
  const wanted = words.trim().toLowerCase();
  const list = useInfiniteQuery({
    queryKey: ['tags'], initialPageParam: '', queryFn: ({ pageParam, signal }) => get<TagPage>(`/api/v2/tags${query({ 'page[size]': 100, 'page[after]': pageParam })}`, signal),
    getNextPageParam: (page) => (page.meta.has_more ? (page.meta.after_cursor ?? undefined) : undefined),
  });
  const begun = useQuery({ queryKey: ['pick', 'tags', wanted], queryFn: () => findTags(wanted), enabled: wanted.length >= 2 });
  if (list.isError) return <Failed words={wordsOf(list.error)} onAgain={() => void list.refetch()} again={t('common:again')} />;
  const all = list.data?.pages.flatMap((page) => page.tags) ?? [];
  const counts = new Map(all.map((each) => [each.name, each.count]));
  const found = wanted.length >= 2 ? [...new Set([...all.filter((each) => each.name.includes(wanted)).map((each) => each.name), ...(begun.data ?? []).map((each) => each.value)])] : all.map((each) => each.name);
  return (
    <Page title={t('tags.title')} intro={t('tags.intro')}>
      {list.isPending ? <Wait /> : all.length === 0 ? <Empty>{t('tags.none')}</Empty> : (
        <section aria-label={t('tags.title')} className="rounded-xl border border-line bg-paper">
          <div className="border-b border-line p-2"><input type="search" aria-label={t('filter.words')} placeholder={t('filter.words')} value={words} onChange={(event) => setWords(event.currentTarget.value)} className="min-h-8 w-full rounded-md border border-line-strong bg-paper px-2.5 placeholder:text-faint" /></div>
          <ul>
            {found.map((name) => (
              <li key={name} className="flex items-center justify-between gap-3 border-b border-line px-3 py-1.5 last:border-b-0">
                <a href={`#/search?q=${encodeURIComponent(`tags:${/\s/.test(name) ? `"${name}"` : name}`)}`} className="min-w-0 truncate">{name}</a>
                {counts.has(name) && <span className="shrink-0 text-sm text-faint">{t('views.tickets', { count: counts.get(name), amount: number(counts.get(name)!) })}</span>}
              </li>
            ))}
          </ul>
          {found.length === 0 && <Empty>{t('tags.none_so')}</Empty>}
          {list.hasNextPage && <div className="p-2"><Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('common:more')}</Button></div>}
        </section>
      )}
    </Page>
  );
}
