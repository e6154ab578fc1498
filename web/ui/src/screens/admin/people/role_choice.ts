// A role as the value of a choice: "owner", "admin", "agent", or the id of a role that goes with "agent".
import type { Id } from '@/api/http';
import type { Person, Role } from './api';

export const valueOfRole = (role: Role) => (role.id === null ? role.name : String(role.id));
export const valueOfPerson = (person: Pick<Person, 'custom_role_id' | 'is_owner' | 'role'>) => (person.custom_role_id ? String(person.custom_role_id) : person.is_owner ? 'owner' : person.role);
export const wishOf = (value: string): { role: string; custom_role_id?: Id } => (['owner', 'admin', 'agent'].includes(value) ? { role: value } : { role: 'agent', custom_role_id: value });

// Nobody gives what he may not do himself, and only owners make owners: the server refuses it; here it is not offered.
export const roleChoices = (roles: Role[], mine: ReadonlySet<string>, isOwner: boolean) =>
  roles.filter((role) => role.name !== 'end-user' && (role.name !== 'owner' || isOwner) && role.permissions.every((each) => mine.has(each)));
