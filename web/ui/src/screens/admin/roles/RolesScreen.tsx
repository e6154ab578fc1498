// Roles, and what each of them may do.
import { useMemo, useState } from 'react';
import { useCommands } from '@/app/keys';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Loaded } from '@/kit/Loaded';
import { Card, Page } from '@/kit/Page';
import { useRoles, type Role } from '../people/api';
import { Matrix } from './Matrix';
import { RoleDialog } from './RoleDialog';

export default function RolesScreen() {
  const t = useWords('people');
  const { can } = useSession();
  const query = useRoles();
  const [edited, setEdited] = useState<Role | 'new' | null>(null);
  const mayChange = can('roles:manage');
  useCommands(useMemo(() => (mayChange ? [{ id: 'roles.new', title: t('roles.new'), group: t('roles.title'), keys: 'c', run: () => setEdited('new') }] : []), [t, mayChange]));
  return (
    <Page title={t('roles.title')} intro={t('roles.intro')} isWide actions={mayChange && <Button look="main" onClick={() => setEdited('new')}>{t('roles.new')}</Button>}>
      <Card>
        <Loaded query={query}>{(data) => (
          <>
            <Matrix data={data} onEdit={mayChange ? setEdited : undefined} />
            {edited && <RoleDialog role={edited === 'new' ? null : edited} all={data} onClose={() => setEdited(null)} />}
          </>
        )}</Loaded>
      </Card>
    </Page>
  );
}
