import type { ScreenRow } from '@/app/screens';

export const meScreens: ScreenRow[] = [
  ['/account', () => import('./Account'), undefined, { section: 'me', label: 'account', keys: 'g y' }],
  ['/settings', () => import('./Account')], // as the pages before this app called it: mails and the checklist say so
];
