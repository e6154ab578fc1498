// Asks before an address is left with something unsaved; the browser asks by itself when the tab is closed.
import { useLayoutEffect, useRef } from 'react';
import { go, guardAddress } from '@/app/place';
import { confirmed } from '@/kit/Confirm';
import { useWords } from '@/i18n';

export function useLeaveGuard(isDirty: boolean) {
  const t = useWords('rules');
  const dirty = useRef(isDirty);
  dirty.current = isDirty;
  useLayoutEffect(() => {
    let isAsking = false;
    const closing = (event: BeforeUnloadEvent) => { if (dirty.current) event.preventDefault(); };
    const ask = async (wanted: string) => {
      if (isAsking) return;
      isAsking = true;
      const isLeaving = await confirmed({ title: t('leave.title'), text: t('leave.text'), action: t('leave.action'), isDangerous: true });
      isAsking = false;
      if (!isLeaving) return;
      dirty.current = false;
      go(wanted);
    };
    const unguard = guardAddress((wanted) => {
      if (dirty.current) void ask(wanted);
      return !dirty.current;
    });
    addEventListener('beforeunload', closing);
    return () => {
      unguard();
      removeEventListener('beforeunload', closing);
    };
  }, [t]);
  return { release: () => { dirty.current = false; } };
}
