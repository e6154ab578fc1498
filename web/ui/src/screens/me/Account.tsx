// The own account: profile, ways in, sessions, tokens, the look of the app.
import { setQueryParams, useQueryParams } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Page } from '@/kit/Page';
import { useTabs, type Tab } from '@/kit/Tabs';
import { SignatureCard } from '@/screens/admin/signatures/SignatureCard';
import { DevicesCard } from './DevicesCard';
import { FactorsCard } from './FactorsCard';
import { LookTab } from './LookTab';
import { PasswordCard } from './PasswordCard';
import { ProfileCard } from './ProfileCard';
import { SessionsCard } from './SessionsCard';
import { SignInsCard } from './SignInsCard';
import { TokensTab } from './TokensTab';

export default function Account() {
  const t = useWords('me');
  const { me, can } = useSession();
  const params = useQueryParams();
  const tabs: Tab[] = [
    { id: 'profile', title: t('tab.profile') }, { id: 'security', title: t('tab.security') }, { id: 'sessions', title: t('tab.sessions') },
    ...(can('tokens:manage') ? [{ id: 'tokens', title: t('tab.tokens') }] : []), { id: 'look', title: t('tab.look') },
  ];
  const current = tabs.find((each) => each.id === params.get('tab'))?.id ?? 'profile';
  const { list, panelProps } = useTabs(tabs, current, (id) => setQueryParams({ tab: id === 'profile' ? undefined : id }), t('title'));
  return (
    <Page title={t('title')} intro={me.name && me.name !== me.email ? `${me.name} · ${me.email}` : me.email}>
      {list}
      <div {...panelProps} className="pt-4">
        {current === 'profile' && <><ProfileCard key={String(me.id)} />{(can('tickets:write') || can('users:manage')) && <SignatureCard key={`s${me.id}`} id={me.id} isOwn />}</>}
        {current === 'security' && <><FactorsCard /><PasswordCard /></>}
        {current === 'sessions' && <><SessionsCard /><DevicesCard /><SignInsCard path="/api/v2/users/me/sign_ins" title={t('sign_ins.title')} /></>}
        {current === 'tokens' && <TokensTab />}
        {current === 'look' && <LookTab />}
      </div>
    </Page>
  );
}
