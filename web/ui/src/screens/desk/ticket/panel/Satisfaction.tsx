// How the customer found the help: the score, when, and the words beside it.
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Time } from '@/kit/Time';
import type { Ticket } from '@/screens/desk/types';
import { useEvents } from '../data/queries';
import { isGiven, ratedAt, useRating } from '../data/rating';

export function Satisfaction({ ticket }: { ticket: Ticket }) {
  const t = useWords('ticket');
  const score = ticket.satisfaction_rating?.score;
  const at = ratedAt(useEvents(ticket.id).data ?? []);
  const { data: rating } = useRating(ticket.id, score, at);
  if (!isGiven(score)) return score === 'offered' ? <p className="mb-3 text-sm text-faint">{t('rating.offered')}{at && <> <Time at={at} /></>}</p> : null;
  const day = at?.slice(0, 10);
  const reason = rating?.reason_code ? t(`rating.reason.${rating.reason_code}`, { defaultValue: rating.reason ?? '' }) : '';
  return (
    <section aria-label={t('field.satisfaction')} data-rating={score} className="mb-3 rounded-lg border border-line p-2 text-sm">
      <p className="flex flex-wrap items-center gap-x-2"><span className="font-semibold">{t('field.satisfaction')}</span><Badge tone={score}>{t(`satisfaction.${score}`)}</Badge>{at && <span className="text-faint"><Time at={rating?.updated_at ?? at} /></span>}</p>
      {rating?.comment && <blockquote className="mt-1 border-l-2 border-line-strong pl-2 whitespace-pre-wrap [overflow-wrap:anywhere]">{rating.comment}</blockquote>}
      {reason && <p className="mt-1 text-faint">{t('rating.because', { reason })}</p>}
      <p className="mt-1"><a href={`#/admin/satisfaction?score=${score}${day ? `&from=${day}&to=${day}` : ''}`} className="inline-flex min-h-6 items-center">{t('rating.all')}</a></p>
    </section>
  );
}
