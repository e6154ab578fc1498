// Who has a ticket open at this moment, as the event stream tells it.
import { useCallback, useState } from 'react';
import { usePresenceNews as useTold, type PresenceSeen } from '@/app/live';

export type Present = ReadonlyMap<string, PresenceSeen['others']>;

export function usePresent(): Present {
  const [all, setAll] = useState<Present>(new Map());
  useTold(useCallback((seen: PresenceSeen) => setAll((was) => {
    const next = new Map(was);
    if (seen.others.length > 0) next.set(String(seen.ticket_id), seen.others);
    else next.delete(String(seen.ticket_id));
    return next;
  }), []));
  return all;
}
