import { Badge, type Tone } from '@/kit/Badge';
import { useWords } from '@/i18n';
import type { Status } from '@/screens/desk/types';

const kTones: Record<Status, Tone> = { new: 'warn', open: 'bad', pending: 'accent', hold: 'plain', solved: 'good', closed: 'plain' };

export function StatusBadge({ status, label }: { status: Status; label?: string }) {
  const t = useWords('desk');
  return <Badge tone={kTones[status]}>{label ?? t(`status.${status}`)}</Badge>;
}
