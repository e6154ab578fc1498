// The hours of each day of a week.
import { useWords } from '@/i18n';
import { weekday } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { kDays, wrongSpans, type Span } from './week';

export function Week({ days, error, onChange }: { days: Span[][]; error?: string; onChange: (days: Span[][]) => void }) {
  const t = useWords('sla');
  const wrong = wrongSpans(days);
  const set = (day: number, spans: Span[]) => onChange(days.map((each, at) => (at === day ? spans : each)));
  const time = (day: number, at: number, part: 'from' | 'to') => (
    <input type="time" value={days[day]![at]![part]} aria-invalid={wrong.has(`${day} ${at}`) || undefined} aria-label={t(part === 'from' ? 'week.from' : 'week.to', { day: weekday(day) })}
      onChange={(event) => set(day, days[day]!.map((each, index) => (index === at ? { ...each, [part]: event.currentTarget.value } : each)))} className="min-h-8 rounded-md border border-line-strong bg-paper px-2 aria-[invalid=true]:border-bad" />
  );
  return (
    <>
      <ul>
        {kDays.map((day) => (
          <li key={day} className="grid grid-cols-[7rem_1fr] items-start gap-2 border-t border-line py-2 first:border-t-0 max-sm:grid-cols-1 max-sm:gap-1">
            <span className="pt-1 font-semibold">{weekday(day)}</span>
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              {days[day]!.length === 0 && <span className="pt-1 text-faint">{t('week.closed')}</span>}
              {days[day]!.map((_, at) => (
                <span key={at} className="inline-flex items-center gap-1">
                  {time(day, at, 'from')}<span aria-hidden>–</span>{time(day, at, 'to')}
                  <Button look="quiet" aria-label={t('week.remove', { day: weekday(day) })} onClick={() => set(day, days[day]!.filter((__, index) => index !== at))}>×</Button>
                </span>
              ))}
              <Button look="quiet" aria-label={t('week.add_to', { day: weekday(day) })} onClick={() => set(day, [...days[day]!, days[day]!.length === 0 ? { from: '09:00', to: '17:00' } : { from: days[day]!.at(-1)!.to, to: '' }])}>{t('week.add')}</Button>
              {day === kDays[0] && <Button look="quiet" onClick={() => onChange(days.map((each, at) => (at >= 2 && at <= 5 ? days[1]!.map((span) => ({ ...span })) : each)))}>{t('week.copy')}</Button>}
            </div>
          </li>
        ))}
      </ul>
      <p className="mt-1 text-sm text-faint">{t('week.hint')}</p>
      {wrong.size > 0 && <p role="alert" className="mt-1 text-sm text-bad">{t('week.wrong')}</p>}
      {error && <p role="alert" className="mt-1 text-sm text-bad">{error}</p>}
    </>
  );
}
