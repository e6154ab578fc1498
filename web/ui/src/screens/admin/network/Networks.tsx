// Networks: who may come in, and whose connections are refused.
import { useWords } from '@/i18n';
import { Loaded } from '@/kit/Loaded';
import { useNetworkRules } from '../security/api';
import { SecurityPage } from '../security/SecurityPage';
import { BlocksCard } from './BlocksCard';
import { RulesCard } from './RulesCard';

export default function Networks() {
  const t = useWords('security');
  const query = useNetworkRules();
  return (
    <SecurityPage title={t('networks.title')} intro={t('networks.intro')}>
      <Loaded query={query}>{({ network_rules: rules, your_address: address }) => (
        <>
          <RulesCard key={JSON.stringify(rules)} rules={rules} address={address} />
          <BlocksCard address={address} />
        </>
      )}</Loaded>
    </SecurityPage>
  );
}
