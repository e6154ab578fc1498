import type { ScreenRow } from '@/app/screens';

export const mailScreens: ScreenRow[] = [
  ['/mail/domains', () => import('./domains/Domains'), 'settings:manage', { section: 'mail', label: 'mail_domains', keys: 'g m' }],
  ['/mail/domains/:domain', () => import('./domains/Domain'), 'settings:manage'],
  ['/mail/trace', () => import('./trace/TraceSearch'), 'tickets:read', { section: 'mail', label: 'mail_trace', keys: 'g w' }],
  ['/mail/trace/:id', () => import('./trace/TraceScreen'), 'tickets:read'],
  ['/mail/outbox', () => import('./outbox/Outbox'), 'settings:manage', { section: 'mail', label: 'mail_outbox', keys: 'g o' }],
  ['/mail/reports', () => import('./reports/Reports'), 'settings:manage', { section: 'mail', label: 'mail_reports', keys: 'g p' }],
  ['/mail/reports/:id', () => import('./reports/Report'), 'settings:manage'],
];
