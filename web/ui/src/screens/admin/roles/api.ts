import { del, post, put, type Id } from '@/api/http';
import { queries } from '@/app/session';

export interface RoleWish { name: string; description: string; permissions: string[] }
export const rolesChanged = () => queries.invalidateQueries({ queryKey: ['admin', 'roles'] });
export const makeRole = (custom_role: RoleWish) => post('/api/v2/custom_roles', { custom_role });
export const changeRole = (id: Id, custom_role: RoleWish) => put(`/api/v2/custom_roles/${id}`, { custom_role });
export const removeRole = (id: Id) => del(`/api/v2/custom_roles/${id}`);
