// A promise and what is left of its time, kept right while it is shown; and all of a ticket's.
import { useWords } from '@/i18n';
import { dateTime, minutesText } from '@/i18n/dates';
import { Badge, type Tone } from '@/kit/Badge';
import { useBeat } from '@/kit/Time';
import { minutesOf, nextOf, standingOf, type Promised, type Slas, type Standing } from './clock';

const kTones: Record<Standing, Tone> = { late: 'bad', missed: 'bad', soon: 'warn', running: 'plain', paused: 'plain', met: 'good' };

function Standing({ promised }: { promised: Promised }) {
  const t = useWords('sla');
  useBeat();
  const now = Date.now();
  const standing = standingOf(promised, now);
  const when = promised.breached_at ?? promised.breach_at;
  const title = [t(`metric.${promised.metric}`, { defaultValue: promised.metric }), when ? t(promised.breached_at ? 'since' : 'until', { time: dateTime(when) }) : '', t(promised.business_hours ? 'working_hours' : 'all_hours')].filter(Boolean).join(' · ');
  return <Badge tone={kTones[standing]} title={title}><span aria-hidden>◷</span><span className="sr-only">{t('of', { metric: t(`metric.${promised.metric}`, { defaultValue: promised.metric }) })}</span> {t(`standing.${standing}`, { span: minutesText(minutesOf(promised, now)) })}</Badge>;
}

export function NextSla({ slas }: { slas: Slas | null | undefined }) {
  const next = nextOf(slas);
  return next ? <Standing promised={next} /> : null;
}

export function AllSlas({ slas }: { slas: Slas | null | undefined }) {
  const t = useWords('sla');
  const list = slas?.policy_metrics ?? [];
  if (list.length === 0) return null;
  return (
    <section aria-label={t('promised')} className="mb-3 rounded-lg border border-line p-2">
      <h3 className="mb-1 text-sm font-semibold">{t('promised')}</h3>
      <ul>
        {list.map((each) => (
          <li key={each.metric} className="flex flex-wrap items-center justify-between gap-x-2 py-0.5 text-sm">
            <span>{t(`metric.${each.metric}`, { defaultValue: each.metric })} <span className="text-faint">{t('within', { span: minutesText(each.target_in_minutes) })}</span></span><Standing promised={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}
