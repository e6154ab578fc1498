// Roles and permissions in the page's language.
import { useCallback } from 'react';
import type { Me } from '@/app/session';
import { useWords } from '@/i18n';
import { wordFor } from '@/screens/me/words';

export const kLightAgent = '1';

// What somebody is: an owner is an "admin" to programs made for other desks.
export function roleKeyOf(user: Pick<Me, 'role'> & { is_owner?: unknown; custom_role_id?: unknown }): string {
  if (user.is_owner) return 'owner';
  if (String(user.custom_role_id) === kLightAgent) return 'light-agent';
  return user.custom_role_id ? 'custom' : user.role;
}

export function useRoleWord() {
  const t = useWords('people');
  return useCallback((user: Parameters<typeof roleKeyOf>[0]) => t(`role.${roleKeyOf(user).replace('-', '_')}`), [t]);
}

// The server's own words where it has a permission that this page does not know.
export function usePermissionWord() {
  const t = useWords('people');
  return useCallback((name: string, otherwise = name) => wordFor(t, `permission.${name.replace(':', '_')}`, otherwise), [t]);
}

export function useInboxWords(inboxes: { id: unknown; address: string }[] | undefined) {
  const t = useWords('people');
  return useCallback((person: { inbox_ids?: unknown }) => {
    const ids = person.inbox_ids as unknown[] | null | undefined;
    if (!ids) return t('inboxes.all');
    if (ids.length === 0) return t('inboxes.none');
    return ids.map((id) => inboxes?.find((each) => String(each.id) === String(id))?.address ?? String(id)).join(', ');
  }, [t, inboxes]);
}
