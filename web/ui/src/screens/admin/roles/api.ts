import { post } from '@/api/http';
import { queries } from '@/app/session';

export interface RoleWish { name: string; description: string; permissions: string[] }
export const rolesChanged = () => queries.invalidateQueries({ queryKey: ['admin', 'roles'] });
export const makeRole = (custom_role: RoleWish) => post('/api/v2/custom_roles', { custom_role });
