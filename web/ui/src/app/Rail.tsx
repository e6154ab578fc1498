// The left rail: places by section, the state of the live connection, who is signed in. On a narrow screen a bar with a menu.
import { Suspense } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { DeskRail } from '@/screens/desk/DeskRail';
import { useLiveState } from './live';
import { screens, type Screen, type Section } from './screens';
import { useSession } from './session';

const kSections: Section[] = ['desk', 'mail', 'operate', 'admin', 'me'];

function CountOf({ screen }: { screen: Screen }) {
  const Count = screen.nav?.Count;
  return Count ? <Suspense fallback={null}><Count /></Suspense> : null;
}

// The place that an address belongs to: its own, or the nearest one above it.
const placeOf = (path: string) => screens.filter((each) => each.nav && !each.nav.isInside && (each.path === path || path.startsWith(`${each.path}/`))).sort((one, other) => other.path.length - one.path.length)[0]?.path;

function Places({ section, path }: { section: Section; path: string }) {
  const t = useWords('nav');
  const { can } = useSession();
  const list = screens.filter((each) => each.nav?.section === section && !each.nav.isInside && (!each.permission || can(each.permission)));
  const here = placeOf(path);
  if (list.length === 0) return null;
  return (
    <section aria-label={t(`section.${section}`)} className="mt-3">
      <h2 className="px-3 text-xs font-semibold tracking-wide text-faint uppercase">{t(`section.${section}`)}</h2>
      <ul>
        {list.map((each) => (
          <li key={each.path}>
            <a href={`#${each.path}`} aria-current={path === each.path ? 'page' : here === each.path ? 'true' : undefined}
              className="flex min-h-7 items-center rounded px-3 py-1 text-ink no-underline hover:bg-accent-ground aria-[current]:bg-accent-ground aria-[current]:font-semibold">{t(each.nav!.label)}<CountOf screen={each} /></a>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function LiveDot() {
  const t = useWords('nav');
  const state = useLiveState();
  const colour = state === 'live' ? 'bg-good' : 'bg-warn';
  return <span role="status" className="flex items-center gap-1.5 text-xs text-faint"><span aria-hidden className={`inline-block size-2 rounded-full ${colour}`} />{t(`live.${state}`)}</span>;
}

export function Rail({ path, isOpen, onToggle, onPalette }: { path: string; isOpen: boolean; onToggle: () => void; onPalette: () => void }) {
  const t = useWords('nav');
  const { me, signOut } = useSession();
  return (
    <header className="flex shrink-0 flex-col border-line bg-paper max-md:border-b md:w-60 md:border-r">
      <div className="flex items-center gap-2 px-3 py-2">
        <a href="#/" className="mr-auto text-lg font-bold text-ink no-underline">Postern</a>
        <LiveDot />
        <Button look="quiet" className="md:hidden" aria-expanded={isOpen} aria-controls="rail" onClick={onToggle}>{t('menu')}</Button>
      </div>
      <nav id="rail" aria-label={t('main')} className={`min-h-0 flex-1 overflow-auto px-1 pb-2 ${isOpen ? 'max-md:max-h-[70dvh]' : 'max-md:hidden'}`}>
        <Button look="plain" className="mx-2 w-[calc(100%-1rem)] justify-between" onClick={onPalette}><span>{t('palette')}</span><kbd>Ctrl K</kbd></Button>
        <DeskRail path={path} />
        {kSections.map((each) => <Places key={each} section={each} path={path} />)}
      </nav>
      <div className={`flex items-center gap-2 border-t border-line px-3 py-2 ${isOpen ? '' : 'max-md:hidden'}`}>
        <span className="min-w-0 flex-1 truncate" title={me.email}>{me.name || me.email}</span>
        <Button look="quiet" onClick={() => void signOut()}>{t('sign_out')}</Button>
      </div>
    </header>
  );
}
