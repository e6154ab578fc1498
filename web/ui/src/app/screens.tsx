// Every screen: its address, the permission it needs, and where its code is. One folder per area under screens/.
import { lazy, type ComponentType } from 'react';
import { allWords } from '@/i18n';

export interface ScreenProps { params: Record<string, string> }
export type Section = 'desk' | 'mail' | 'operate' | 'admin' | 'me';
export interface Screen {
  path: string; // "/tickets/:id"
  load: () => Promise<{ default: ComponentType<ScreenProps> }>;
  permission?: string; // without: everybody who is signed in
  nav?: { section: Section; label: string; keys?: string; Count?: ComponentType; isInside?: boolean }; // in the left rail: a key of locales/*/nav.json; a live number beside it; inside another one: in the palette only
  View: ComponentType<ScreenProps>;
}

const screen = (path: string, load: Screen['load'], permission?: string, nav?: Screen['nav']): Screen => ({ path, load, permission, nav, View: lazy(load) });
// Of the screens beside the desk: their words come with them (i18n).
const withWords = ([path, load, permission, nav]: ScreenRow): ScreenRow => [path, async () => (await Promise.all([load(), allWords()]))[0], permission, nav];

import { adminScreens } from '@/screens/admin/screens';
import { deskScreens } from '@/screens/desk/screens';
import { mailScreens } from '@/screens/mail/screens';
import { meScreens } from '@/screens/me/screens';
import { operateScreens } from '@/screens/operate/screens';

export type ScreenRow = [path: string, load: Screen['load'], permission?: string, nav?: Screen['nav']];

export const screens: Screen[] = [...deskScreens, ...[...mailScreens, ...operateScreens, ...adminScreens, ...meScreens].map(withWords)].map((row) => screen(...row));
