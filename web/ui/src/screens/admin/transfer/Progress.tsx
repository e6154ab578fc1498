import { number } from '@/i18n/dates';

// `most` null: nobody knows how many there will be.
export function Progress({ label, now, most }: { label: string; now: number; most: number | null }) {
  return (
    <div className="mt-3 flex items-center gap-3">
      <div role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={most ?? undefined} aria-valuenow={most === null ? undefined : now} className="h-2.5 flex-1 overflow-hidden rounded-full border border-line-strong bg-ground">
        <div className={`h-full bg-accent ${most === null ? 'motion-safe:animate-pulse' : ''}`} style={{ width: most === null ? '100%' : `${most ? (now / most) * 100 : 100}%` }} />
      </div>
      <span className="text-sm tabular-nums">{number(now)}{most !== null && ` / ${number(most)}`}</span>
    </div>
  );
}
