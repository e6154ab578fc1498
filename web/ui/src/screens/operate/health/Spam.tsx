// What the spam filter holds back and why: causes, scores and signs of the mail that waits now.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { Figures } from '@/kit/Figures';
import { Card, Empty, Failed, Page } from '@/kit/Page';
import { points } from '@/kit/plot_data';
import { Table } from '@/kit/Table';
import { Wait } from '@/kit/Wait';
import { heldPage, type HeldMail } from '../api';
import { scoreBins, symbolSums } from './symbols';

function Scores({ mails }: { mails: HeldMail[] }) {
  const t = useWords('operate');
  const bins = scoreBins(mails);
  const most = Math.max(1, ...bins.map((each) => each.count));
  return (
    <Card title={t('spam.scores')}>
      <p className="mb-3 max-w-prose text-faint">{t('spam.scores_hint')}</p>
      <ul aria-label={t('spam.scores')} className="m-0 flex h-44 list-none items-end gap-1 overflow-x-auto p-0 pt-5" tabIndex={0}>
        {bins.map((bin) => (
          <li key={bin.from} className="flex h-full min-w-8 flex-1 flex-col items-center justify-end">
            <span className="text-xs tabular-nums">{bin.count ? number(bin.count) : ''}</span>
            <span aria-hidden className="w-full max-w-14 rounded-t bg-accent" style={{ height: `${(bin.count / most) * 78}%` }} />
            <span className="mt-1 text-xs text-faint tabular-nums"><span className="sr-only">{t('spam.points')} </span>{bin.from}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Shown({ mails }: { mails: HeldMail[] }) {
  const t = useWords('operate');
  const causes = new Map<string, number>();
  for (const each of mails) causes.set(each.cause, (causes.get(each.cause) ?? 0) + 1);
  return (
    <>
      <Figures list={[{ name: t('spam.held'), value: number(mails.length) }, ...[...causes].sort((a, b) => b[1] - a[1]).map(([cause, count]) => ({ name: t(`mail:cause.${cause}`, { defaultValue: cause }), value: number(count) }))]} />
      <Scores mails={mails} />
      <Card title={t('spam.symbols')}>
        <Table caption={t('spam.symbols')} rows={symbolSums(mails)} rowKey={(row) => row.name} empty={t('mail:checks.no_symbols')}
          columns={[
            { title: t('mail:checks.symbol'), cell: (row) => <span><code>{row.name}</code><span className="block text-sm text-faint">{t(`mail:symbol.${row.name}`, { defaultValue: '' })}</span></span> },
            { title: t('spam.mails'), className: 'text-right tabular-nums', cell: (row) => number(row.mails) },
            { title: t('spam.average'), className: 'text-right tabular-nums', cell: (row) => points(row.points / row.mails, true) },
            { title: t('spam.sum'), className: 'text-right tabular-nums', cell: (row) => points(row.points) },
          ]} />
      </Card>
    </>
  );
}

export default function Spam() {
  const t = useWords('operate');
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['spam', 'held'], initialPageParam: '', queryFn: ({ pageParam, signal }) => heldPage(pageParam, signal),
    getNextPageParam: (last) => (last.meta.has_more ? last.meta.after_cursor : undefined),
  });
  const mails = useMemo(() => (data?.pages ?? []).flatMap((page) => page.suspended_tickets), [data]);
  return (
    <Page title={t('spam.title')} intro={t('spam.intro')} isWide actions={<a className="self-center" href="#/suspended">{t('spam.to_held')}</a>}>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data && (mails.length ? <Shown mails={mails} /> : <Card><Empty>{t('spam.empty')}</Empty></Card>)}
      {hasNextPage && <p><Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('spam.more', { count: mails.length })}</Button></p>}
      <p className="max-w-prose text-sm text-faint">{t('spam.training')}</p>
    </Page>
  );
}
