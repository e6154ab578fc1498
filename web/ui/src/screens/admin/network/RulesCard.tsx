// From which networks people come in. Who would shut out himself is told so while he types, and has to say that it is meant.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { notice } from '@/app/notices';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Check, TextField } from '@/kit/Field';
import { Card } from '@/kit/Page';
import { tell } from '@/kit/act';
import { saveNetworkRules, securityChanged, type NetworkRules } from '../security/api';
import { letsIn, parseNetwork } from './cidr';

export function RulesCard({ rules, address }: { rules: NetworkRules; address: string }) {
  const t = useWords('security');
  const [text, setText] = useState(rules.allowed.join('\n'));
  const [isEverybody, setEverybody] = useState(rules.end_users_too);
  const [isMeant, setMeant] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const list = text.split(/[\s,;]+/).filter(Boolean);
  const unread = list.filter((each) => !parseNetwork(each));
  const shutsOut = !letsIn(list, address);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setTrouble(unread.length > 0 ? t('networks.unread', { list: unread.join(', ') }) : undefined);
    if (unread.length > 0) return;
    setBusy(true);
    try {
      await saveNetworkRules({ allowed: list, end_users_too: isEverybody }, shutsOut && isMeant);
      notice(t('common:saved'));
      setMeant(false);
      await Promise.all([securityChanged('networks'), securityChanged('checklist')]);
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 422) setTrouble(problem.about('allowed') ?? problem.words);
      else tell(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title={t('networks.allowed')}>
      <form onSubmit={(event) => void save(event)} aria-label={t('networks.allowed')}>
        <p className="mb-3">{t('networks.you')} <code>{address}</code>. {list.length === 0 ? t('networks.empty') : t('networks.only', { count: list.length })}</p>
        <TextField label={t('networks.list')} hint={t('networks.list_hint')} error={trouble} rows={5} spellCheck={false} className="font-mono" placeholder={'192.0.2.0/24\n2001:db8::/32'} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <Check label={t('networks.end_users_too')} checked={isEverybody} onChange={(event) => setEverybody(event.currentTarget.checked)} />
        <div role="alert">
          {shutsOut && (
            <div className="mb-3 rounded-md border border-bad bg-bad-ground px-3 py-2 text-bad">
              <p className="mb-1 font-semibold">{t('networks.shuts_out', { address })}</p>
              <p className="mb-1">{t('networks.way_back')}</p>
              <Check label={t('networks.meant')} checked={isMeant} onChange={(event) => setMeant(event.currentTarget.checked)} />
            </div>
          )}
        </div>
        <Button type="submit" look="main" isBusy={isBusy} disabled={shutsOut && !isMeant}>{t('common:save')}</Button>
      </form>
    </Card>
  );
}
