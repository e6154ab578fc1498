// A line above every screen while somebody from outside is in. Looked at again with what one does next, a minute later at
// the earliest: no clock asks, that would keep a session alive that nobody uses.
import { Suspense, useEffect } from 'react';
import { useWords } from '@/i18n';
import { useSupport } from './api';

const kAtMostEveryMs = 60_000;

function Banner({ who }: { who: string[] }) {
  const t = useWords('security');
  return (
    <aside id="support-banner" aria-label={t('places.support')} className="flex flex-wrap items-center justify-center gap-x-3 border-b border-warn/40 bg-warn-ground px-4 py-1 text-sm text-warn">
      <span className="[overflow-wrap:anywhere]">{t('support.banner', { count: who.length, who: who.join(', ') })}</span>
      <a href="#/security/support" className="text-warn">{t('support.banner_link')}</a>
    </aside>
  );
}

export function SupportBanner() {
  const { data, refetch, dataUpdatedAt, errorUpdatedAt, isError } = useSupport();
  useEffect(() => {
    if (isError) return; // not for this person
    const look = () => { if (!document.hidden && Date.now() - Math.max(dataUpdatedAt, errorUpdatedAt) > kAtMostEveryMs) void refetch(); };
    const occasions: [EventTarget, string][] = [[window, 'hashchange'], [document, 'visibilitychange'], [document, 'click']];
    for (const [where, what] of occasions) where.addEventListener(what, look);
    return () => { for (const [where, what] of occasions) where.removeEventListener(what, look); };
  }, [refetch, dataUpdatedAt, errorUpdatedAt, isError]);
  const active = (data ?? []).filter((each) => each.is_active && Date.parse(each.until) > Date.now());
  return active.length === 0 ? null : <Suspense fallback={null}><Banner who={active.map((each) => each.email)} /></Suspense>;
}
