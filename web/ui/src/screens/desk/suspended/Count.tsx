// The number beside "Suspended" in the rail.
import { number } from '@/i18n/dates';
import { useHeldCount } from './data';

export default function SuspendedCount() {
  const { data } = useHeldCount();
  if (!data || data.value === 0) return null;
  return <span id="suspended-count" className="ml-auto shrink-0 text-sm font-semibold tabular-nums">{number(data.value)}{data.has_more ? '+' : ''}</span>;
}
