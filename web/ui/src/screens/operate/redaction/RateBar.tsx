// A share as a number with a bar behind it.
import { percent } from '@/kit/plot_data';

export function RateBar({ share, most, tone = 'accent' }: { share: number | null; most: number; tone?: 'accent' | 'faint' }) {
  const width = share && most > 0 ? Math.max(1.5, (share / most) * 100) : 0;
  return (
    <span className="flex items-center gap-2">
      <span aria-hidden className="h-2.5 w-14 shrink-0 overflow-hidden rounded-sm border border-line bg-ground"><span className={`block h-full ${tone === 'accent' ? 'bg-accent' : 'bg-line-strong'}`} style={{ width: `${width}%` }} /></span>
      <span className="tabular-nums">{percent(share)}</span>
    </span>
  );
}
