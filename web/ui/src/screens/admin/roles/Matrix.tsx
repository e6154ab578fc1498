// Permissions by roles, as a table: a mark and a word in each cell, and the names stay in sight while one scrolls.
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import type { Role, Roles } from '../people/api';
import { useNameOfRole } from '../people/RoleSelect';
import { usePermissionWord } from '../people/words';

export function Matrix({ data, onEdit }: { data: Roles; onEdit?: (role: Role) => void }) {
  const t = useWords('people');
  const nameOf = useNameOfRole();
  const permissionWord = usePermissionWord();
  const roles = data.custom_roles.filter((each) => each.name !== 'end-user' || !each.built_in);
  const cell = 'border-b border-line px-3 py-1.5';
  return (
    <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={t('roles.matrix')}>
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{t('roles.matrix')}</caption>
        <thead>
          <tr>
            <th scope="col" className={`${cell} sticky left-0 z-10 bg-paper text-sm text-faint`}>{t('roles.permission')}</th>
            {roles.map((role) => (
              <th key={role.id === null ? role.name : String(role.id)} scope="col" className={`${cell} min-w-24 text-center align-bottom text-sm`}>
                <span className="block [overflow-wrap:break-word]">{nameOf(role)}</span>
                {!role.built_in && onEdit && <Button look="quiet" className="text-sm font-normal" aria-label={t('roles.edit_one', { role: role.name })} onClick={() => onEdit(role)}>{t('common:edit')}</Button>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.permissions.map((permission) => (
            <tr key={permission.name}>
              <th scope="row" className={`${cell} sticky left-0 z-10 min-w-36 bg-paper font-normal sm:min-w-72`}>{permissionWord(permission.name, permission.description)}<code className="block text-xs text-faint">{permission.name}</code></th>
              {roles.map((role) => {
                const may = role.permissions.includes(permission.name);
                return <td key={role.id === null ? role.name : String(role.id)} className={`${cell} text-center ${may ? 'text-good' : 'text-faint'}`}><span aria-hidden>{may ? '✓' : '–'}</span><span className="sr-only">{t(may ? 'common:yes' : 'common:no')}</span></td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
