import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Select } from '@/kit/Field';
import { wordFor } from '@/screens/me/words';
import { useRoles, type Role } from './api';
import { roleChoices, valueOfRole } from './role_choice';

// Built-in roles in the page's language, those of the workspace as they were named.
export function useNameOfRole() {
  const t = useWords('people');
  return (role: Role) => (role.built_in ? wordFor(t, `role.${role.name.replace('-', '_')}`, role.name) : role.name);
}

export function RoleSelect({ label, value, onChange, error }: { label: string; value: string; onChange: (value: string) => void; error?: string }) {
  const t = useWords('people');
  const { permissions, me } = useSession();
  const { data } = useRoles();
  const nameOf = useNameOfRole();
  const offered = roleChoices(data?.custom_roles ?? [], permissions, Boolean(me.is_owner));
  const chosen = data?.custom_roles.find((each) => valueOfRole(each) === value);
  const list = chosen && !offered.includes(chosen) ? [chosen, ...offered] : offered;
  const words = chosen && (chosen.built_in ? wordFor(t, `role_means.${chosen.name.replace('-', '_')}`, chosen.description) : chosen.description);
  return (
    <Select label={label} value={value} hint={words} error={error} onChange={(event) => onChange(event.currentTarget.value)}>
      {list.map((each) => <option key={valueOfRole(each)} value={valueOfRole(each)}>{nameOf(each)}</option>)}
    </Select>
  );
}
