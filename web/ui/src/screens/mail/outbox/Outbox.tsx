// Mail that has not left yet: why, when it is tried next, and what can be done about it.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { wordsOf } from '@/api/http';
import { useCommands } from '@/app/keys';
import { useLive } from '@/app/live';
import { queries } from '@/app/session';
import { together } from '@/app/together';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Card, Failed, Page } from '@/kit/Page';
import { Wait } from '@/kit/Wait';
import { kOutboxShown, outboxQuery } from '../api';
import { OutboxRow } from './OutboxRow';

const kAgainMs = 15_000;
const kTogetherMs = 400;

export default function Outbox() {
  const t = useWords('mail');
  const { data, error, isFetching, refetch } = useQuery({ ...outboxQuery, refetchInterval: kAgainMs });
  const news = useMemo(() => together(() => queries.invalidateQueries({ queryKey: ['mail', 'outbox'] }), kTogetherMs), []);
  useEffect(() => () => { news.stop(); }, [news]);
  useLive(useCallback((entry) => { if (entry.changes.some((each) => /^(comment|outbox|delivery|ticket)/.test(each.kind))) news.tell(); }, [news]));
  useCommands(useMemo(() => [{ id: 'mail.outbox.refresh', title: t('outbox.refresh'), group: t('group'), keys: 'c', run: () => void refetch() }], [t, refetch]));
  return (
    <Page title={t('outbox.title')} intro={t('outbox.intro')} isWide actions={<Button isBusy={isFetching} onClick={() => void refetch()}>{t('outbox.refresh')}</Button>}>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data?.length === 0 && <Card><div className="p-6 text-center"><p className="font-semibold">{t('outbox.empty')}</p><p className="mt-1 text-faint">{t('outbox.empty_hint')}</p></div></Card>}
      {data && data.length > 0 && (
        <>
          <p role="status" className="mb-3">{t('outbox.count', { count: data.length })}{data.length >= kOutboxShown && <> <span className="text-warn">{t('outbox.cut', { count: kOutboxShown })}</span></>}</p>
          <ul className="m-0 list-none p-0">{data.map((each) => <OutboxRow key={String(each.id)} entry={each} />)}</ul>
        </>
      )}
    </Page>
  );
}
