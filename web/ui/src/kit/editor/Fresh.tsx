// A dialog that changes something begins with what is there now, and with its version; where that cannot be read by itself, with
// what was shown. `again` begins anew with what others have made of it.
import { useQuery } from '@tanstack/react-query';
import { Fragment, useState, type ReactNode } from 'react';
import { readThing } from '@/api/versions';
import { DialogComing } from '@/app/ahead';

export function Fresh<T extends object>({ path, name, shown, children }: { path: string; name: string; shown: T | null; children: (thing: T | null, again: () => void) => ReactNode }) {
  const [round, setRound] = useState(0);
  const { data, isError, refetch } = useQuery({ queryKey: ['changing', path], queryFn: ({ signal }) => readThing<T>(path, name, signal), enabled: shown !== null, structuralSharing: false, staleTime: Infinity, gcTime: 0, retry: false });
  if (!data && !isError && shown) return <DialogComing />;
  return <Fragment key={round}>{children(data ?? shown, () => void refetch().then(() => setRound((was) => was + 1)))}</Fragment>;
}
