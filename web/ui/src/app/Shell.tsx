// What stays while screens change: the rail, notices, the palette, the proof dialog.
import { Suspense, lazy, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useWords } from '@/i18n';
import { ScreenWait } from '@/kit/Wait';
import { NotFound } from './NotFound';
import { Boundary } from './Boundary';
import { DialogComing } from './ahead';
import { listen, useCommands, type Command } from './keys';
import { Confirms } from '@/kit/Confirm';
import { Notices } from './NoticeStack';
import { go, match, usePath } from './place';
import { ProofDialog } from './ProofDialog';
import { Rail } from './Rail';
import { keepFocus } from './rescue';
import { screens } from './screens';
import { useSession } from './session';
import { SupportBanner } from '@/screens/admin/security/SupportBanner';

const Palette = lazy(() => import('./Palette'));
const KeyHelp = lazy(() => import('./KeyHelp'));

function useScreen(path: string) {
  return useMemo(() => {
    for (const each of screens) {
      const params = match(each.path, path);
      if (params) return { screen: each, params };
    }
    return null;
  }, [path]);
}

export function Shell() {
  const t = useWords('nav');
  const path = usePath();
  const { can } = useSession();
  const found = useScreen(path);
  const [overlay, setOverlay] = useState<'palette' | 'keys' | null>(null);
  const [isRailOpen, setRailOpen] = useState(false);

  const commands = useMemo<Command[]>(() => [
    { id: 'app.palette', title: t('palette'), keys: 'Mod+K', inFields: true, hidden: true, isFrame: true, run: () => setOverlay('palette') },
    { id: 'app.keys', title: t('keys'), keys: '?', isFrame: true, run: () => setOverlay('keys') },
    ...screens.filter((each) => each.nav && (!each.permission || can(each.permission))).map((each): Command => ({
      id: `go${each.path}`, title: t('go_to', { place: t(each.nav!.label) }), group: t('places'), keys: each.nav!.keys, isFrame: true, run: () => go(each.path),
    })),
  ], [t, can]);
  useCommands(commands);

  useLayoutEffect(listen, []);
  useEffect(keepFocus, []);
  useEffect(() => { setRailOpen(false); }, [path]);
  // Whoever goes to another place by the rail is in that place then: the next Tab is in it, and its end is read from there.
  const wasAt = useRef(path);
  useEffect(() => {
    if (wasAt.current === path) return;
    wasAt.current = path;
    const now = document.activeElement;
    if (!now || now === document.body || now.closest('#rail')) document.getElementById('main')?.focus({ preventScroll: true });
  }, [path]);

  const mayShow = found && (!found.screen.permission || can(found.screen.permission));
  return (
    <div className="flex h-dvh flex-col">
      <a className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-paper focus:p-2" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>{t('skip')}</a>
      <SupportBanner />
      <div className="flex min-h-0 flex-1 flex-col md:flex-row">
        <Rail path={path} isOpen={isRailOpen} onToggle={() => setRailOpen((was) => !was)} onPalette={() => setOverlay('palette')} />
        <main id="main" tabIndex={-1} className="relative min-h-0 min-w-0 flex-1 overflow-auto outline-none">
          <Boundary key={path}>
            <Suspense fallback={<ScreenWait />}>{mayShow ? <found.screen.View params={found.params} /> : <NotFound isForbidden={Boolean(found)} />}</Suspense>
          </Boundary>
        </main>
      </div>
      <Notices />
      <Confirms />
      <ProofDialog />
      <Suspense fallback={<DialogComing />}>
        {overlay === 'palette' && <Palette onClose={() => setOverlay(null)} />}
        {overlay === 'keys' && <KeyHelp onClose={() => setOverlay(null)} />}
      </Suspense>
    </div>
  );
}
