// Who has a ticket open at this moment, as the event stream tells it.
import type { PresenceSeen } from '@/app/live';

export type Present = ReadonlyMap<string, PresenceSeen['others']>;
