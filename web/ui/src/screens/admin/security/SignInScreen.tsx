// What is demanded of those who sign in: second factors and passwords.
import { useWords } from '@/i18n';
import { Loaded } from '@/kit/Loaded';
import { usePasswordPolicies } from './api';
import { FactorPolicyCard } from './FactorPolicyCard';
import { PasswordPolicyCard } from './PasswordPolicyCard';
import { SecurityPage } from './SecurityPage';

export default function SignInScreen() {
  const t = useWords('security');
  const query = usePasswordPolicies();
  return (
    <SecurityPage title={t('sign_in.title')} intro={t('sign_in.intro')}>
      <FactorPolicyCard />
      <Loaded query={query}>{(policies) => (
        <>
          <PasswordPolicyCard key={`agents ${policies.agents.raised_at}${policies.agents.level}`} audience="agents" policy={policies.agents} />
          <PasswordPolicyCard key={`end_users ${policies.end_users.raised_at}${policies.end_users.level}`} audience="end_users" policy={policies.end_users} />
        </>
      )}</Loaded>
    </SecurityPage>
  );
}
