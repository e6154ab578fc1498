// The frame of the pages about security: one place in the rail, and the way from each to the others.
import type { ReactNode } from 'react';
import { usePath } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Page } from '@/kit/Page';

const kPlaces: [path: string, label: string, permission: string][] = [
  ['/security', 'checklist', 'security:manage'],
  ['/security/sign-in', 'sign_in', 'security:manage'],
  ['/security/networks', 'networks', 'security:manage'],
  ['/security/tokens', 'tokens', 'tokens:oversee'],
  ['/security/support', 'support', 'tickets:read'],
];

export function SecurityPage({ title, intro, actions, children }: { title: string; intro?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const t = useWords('security');
  const path = usePath();
  const { can } = useSession();
  const places = kPlaces.filter(([, , permission]) => can(permission));
  return (
    <Page title={title} intro={intro} actions={actions}>
      {places.length > 1 && (
        <nav aria-label={t('area')} className="mb-4 flex flex-wrap gap-1 border-b border-line">
          {places.map(([place, label]) => (
            <a key={place} href={`#${place}`} aria-current={path === place ? 'page' : undefined}
              className="border-b-2 border-transparent px-3 py-1.5 text-faint no-underline hover:text-ink aria-[current]:border-accent aria-[current]:font-semibold aria-[current]:text-ink">{t(`places.${label}`)}</a>
          ))}
        </nav>
      )}
      {children}
    </Page>
  );
}
