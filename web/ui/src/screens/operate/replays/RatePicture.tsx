// Before and after for each rule that found something: two bars, a full one and a hatched one, with their numbers.
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { percent } from '@/kit/plot_data';
import type { ReplayRule, Sums } from '../api';

function Bar({ name, sums, most, isHatched }: { name: string; sums: Sums; most: number; isHatched: boolean }) {
  const t = useWords('operate');
  const share = sums.hit_rate ?? 0;
  const width = most > 0 && share > 0 ? Math.max(0.7, (share / most) * 100) : 0;
  return (
    <div className="grid grid-cols-[4.5rem_1fr] items-center gap-x-2 text-sm sm:grid-cols-[5.5rem_1fr_auto]">
      <span className="text-faint">{name}</span>
      <svg aria-hidden className="h-4 w-full" preserveAspectRatio="none">
        <rect x="0" y="0" width="100%" height="100%" className="fill-ground" />
        <rect x="0" y="1" width={`${width}%`} height="14" fill={isHatched ? 'url(#replay-hatch)' : 'var(--line-strong)'} stroke={isHatched ? 'var(--accent)' : 'var(--line-strong)'} />
      </svg>
      <span className="min-w-40 tabular-nums max-sm:col-start-2">{percent(sums.hit_rate)} <span className="text-faint">· {t('replay.in_messages', { count: sums.messages, shown: number(sums.messages) })}</span></span>
    </div>
  );
}

export function RatePicture({ rules }: { rules: ReplayRule[] }) {
  const t = useWords('operate');
  const most = Math.max(...rules.flatMap((each) => [each.active.hit_rate ?? 0, each.candidate.hit_rate ?? 0]));
  return (
    <figure className="m-0" aria-label={t('replay.picture')}>
      <svg aria-hidden width="0" height="0" className="absolute"><defs><pattern id="replay-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--accent-ground)" /><line x1="0" y1="0" x2="0" y2="6" stroke="var(--accent)" strokeWidth="3" /></pattern></defs></svg>
      {rules.map((each) => (
        <div key={each.rule} className="border-t border-line py-2 first:border-0">
          <div className="mb-1 flex flex-wrap items-baseline gap-x-3"><a className="font-semibold" href={`#/operate/redaction/rules/${encodeURIComponent(each.rule)}`}>{each.rule}</a>
            {each.only_candidate > 0 && <span className="text-sm">+{number(each.only_candidate)} {t('replay.only_after')}</span>}{each.only_active > 0 && <span className="text-sm">−{number(each.only_active)} {t('replay.only_before')}</span>}</div>
          <Bar name={t('replay.before')} sums={each.active} most={most} isHatched={false} />
          <Bar name={t('replay.after')} sums={each.candidate} most={most} isHatched />
        </div>
      ))}
    </figure>
  );
}
