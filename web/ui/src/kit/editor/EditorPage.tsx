// Reads what is to be edited (or nothing, for "new") before its editor is shown; the editor begins anew for another one.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError, wordsOf } from '@/api/http';
import { readThing } from '@/api/versions';
import { NotFound } from '@/app/NotFound';
import { useWords } from '@/i18n';
import { Failed } from '@/kit/Page';
import { ScreenWait } from '@/kit/Wait';

export function EditorPage<Saved extends object>({ path, name, id, children }: { path: string; name: string; id: string; children: (saved: Saved | null) => ReactNode }) {
  const t = useWords('common');
  const isNew = id === 'new';
  const found = useQuery({ queryKey: ['defining', path, id], queryFn: ({ signal }) => readThing<Saved>(`${path}/${id}`, name, signal), structuralSharing: false, enabled: !isNew, staleTime: 0, gcTime: 0 });
  if (isNew) return <>{children(null)}</>;
  if (found.data) return <>{children(found.data)}</>;
  if (found.error instanceof ApiError && found.error.status === 404) return <NotFound />;
  if (found.isError) return <Failed words={wordsOf(found.error)} onAgain={() => void found.refetch()} again={t('again')} />;
  return <ScreenWait />;
}
