// What customers said, with their words, in the order in which they were asked.
import { wordsOf } from '@/api/http';
import { setQueryParams, useQueryParams } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Select } from '@/kit/Field';
import { Empty, Failed } from '@/kit/Page';
import { spanOf } from '@/kit/span';
import { SpanChoice } from '@/kit/SpanChoice';
import { Time } from '@/kit/Time';
import { Wait } from '@/kit/Wait';
import { nameOf, usePeople, type People } from '@/screens/desk/ticket/data/people';
import { useRatings, useReasons, useSubjects } from './api';
import { kScores, scoreOf, type Rating } from './model';

interface RowProps { rating: Rating; subject?: string; reason?: string; people: People }
function Row({ rating, subject, reason, people }: RowProps) {
  const t = useWords('satisfaction');
  const tone = rating.score === 'good' ? 'good' : rating.score === 'bad' ? 'bad' : 'plain';
  const who = nameOf(people, rating.requester_id, '');
  const assignee = nameOf(people, rating.assignee_id, '');
  return (
    <li className="border-b border-line px-4 py-3 last:border-0">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <Badge tone={tone}>{t(`score.${rating.score}`)}</Badge>
        <a className="min-w-0 flex-1 basis-48 [overflow-wrap:anywhere]" href={`#/tickets/${rating.ticket_id}`}>#{String(rating.ticket_id)} {subject}</a>
        <span className="text-sm text-faint"><Time at={rating.updated_at} /></span>
      </div>
      {rating.comment && <blockquote className="mt-2 border-l-2 border-line-strong pl-3 whitespace-pre-wrap [overflow-wrap:anywhere]">{rating.comment}</blockquote>}
      <p className="mt-1 text-sm text-faint">{[reason && t('because', { reason }), who && t('by', { who }), assignee && t('helped_by', { who: assignee })].filter(Boolean).join(' · ')}</p>
    </li>
  );
}

export function Ratings() {
  const t = useWords('satisfaction');
  const { can } = useSession();
  const params = useQueryParams();
  const score = scoreOf(params.get('score'));
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useRatings(score, spanOf(params));
  const ratings = data?.pages.flatMap((each) => each.satisfaction_ratings) ?? [];
  const people = usePeople(can('users:read') ? ratings.flatMap((each) => [each.requester_id, each.assignee_id]) : []);
  const subjects = useSubjects(ratings.map((each) => each.ticket_id));
  const reasons = useReasons();
  return (
    <>
      <div className="flex flex-wrap gap-x-4">
        <Select label={t('show')} boxClass="min-w-48" value={score} onChange={(event) => setQueryParams({ score: event.currentTarget.value === 'received' ? undefined : event.currentTarget.value })}>
          {kScores.map((each) => <option key={each} value={each}>{t(`filter.${each}`)}</option>)}
        </Select>
        <SpanChoice />
      </div>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data && (ratings.length === 0 && !hasNextPage
        ? <Empty>{t('none')}</Empty>
        : <section aria-label={t('ratings')} className="rounded-xl border border-line bg-paper"><ul>{ratings.map((each) => <Row key={String(each.id)} rating={each} subject={subjects.get(String(each.ticket_id))} reason={reasons.get(String(each.reason_code))} people={people} />)}</ul></section>)}
      {hasNextPage && <p className="mt-3 text-center"><Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('common:more')}</Button></p>}
    </>
  );
}
