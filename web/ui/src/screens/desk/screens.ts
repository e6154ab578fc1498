import { lazy } from 'react';
import type { ScreenRow } from '@/app/screens';

const SuspendedCount = lazy(() => import('./suspended/Count'));

// '/tickets/new' stands before '/tickets/:id': the first that fits is shown.
export const deskScreens: ScreenRow[] = [
  ['/', () => import('./Tickets'), 'tickets:read', { section: 'desk', label: 'tickets', keys: 'g t' }],
  ['/tickets', () => import('./Tickets'), 'tickets:read'],
  ['/search', () => import('./search/SearchScreen'), 'tickets:read', { section: 'desk', label: 'search', keys: '/' }],
  ['/suspended', () => import('./suspended/Suspended'), 'tickets:write', { section: 'desk', label: 'suspended', keys: 'g s', Count: SuspendedCount }],
  ['/suspended/senders', () => import('./senders/Senders'), 'tickets:write'],
  ['/people/users', () => import('./customers/Customers'), 'users:read', { section: 'desk', label: 'customers', keys: 'g n' }],
  ['/people/organizations', () => import('./customers/Organizations'), 'users:read', { section: 'desk', label: 'organizations', keys: 'g c' }],
  ['/deleted', () => import('./list/Undone'), 'tickets:delete', { section: 'desk', label: 'deleted', keys: 'g d' }],
  ['/welcome', () => import('./list/WelcomeScreen'), 'tickets:read', { section: 'desk', label: 'welcome', keys: 'g h' }],
  ['/views/:id', () => import('./list/ViewScreen'), 'tickets:read'],
  ['/people/users/:id', () => import('./customers/Customer'), 'users:read'],
  ['/people/organizations/:id', () => import('./customers/OrganizationScreen'), 'users:read'],
  ['/tickets/new', () => import('./newticket/NewTicket'), 'tickets:write'],
  ['/tickets/:id', () => import('./ticket/TicketScreen'), 'tickets:read'],
];
