// Sign-ins of somebody, good and bad, newest first; page by page.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useWords } from '@/i18n';
import { Badge, type Tone } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { Table, type Column } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { AgentName } from './AgentName';
import { signIns, type SignIn } from './api';
import { useMethodWords } from './words';

const isGood = (row: SignIn) => row.action === 'sign_in' && row.outcome === 'ok';

export function SignInsCard({ path, title }: { path: string; title: string }) {
  const t = useWords('me');
  const methodWords = useMethodWords();
  const query = useInfiniteQuery({
    queryKey: ['sign_ins', path], initialPageParam: '', queryFn: ({ pageParam, signal }) => signIns(path, pageParam, signal),
    getNextPageParam: (last) => (last.meta.has_more ? last.meta.after_cursor : null),
  });
  const result = (row: SignIn): [Tone, string] => (isGood(row) ? ['good', t('sign_ins.ok')] : [row.outcome === 'ok' ? 'plain' : 'bad', t(`sign_ins.${row.action}`) === `sign_ins.${row.action}` ? row.action : t(`sign_ins.${row.action}`)]);
  const columns: Column<SignIn>[] = [
    { title: t('sign_ins.when'), cell: (row) => <Time at={row.created_at} isExact /> },
    { title: t('sign_ins.result'), cell: (row) => { const [tone, words] = result(row); return <Badge tone={tone}>{words}</Badge>; } },
    { title: t('sessions.proved'), cell: (row) => (isGood(row) ? methodWords(row.change_description.split(/[,+]\s*/)) : row.change_description) },
    { title: t('address'), cell: (row) => row.ip_address },
    { title: t('sessions.browser'), cell: (row) => <AgentName text={row.device} /> },
  ];
  return (
    <Card title={title}>
      <Loaded query={query}>{(data) => <Table isStacked caption={title} columns={columns} rows={data.pages.flatMap((page) => page.sign_ins)} rowKey={(row) => String(row.id)} empty={t('sign_ins.none')} />}</Loaded>
      {query.hasNextPage && <p className="mt-2 text-center"><Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('common:more')}</Button></p>}
    </Card>
  );
}
