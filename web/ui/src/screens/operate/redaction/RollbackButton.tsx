// One step back: the version that was in force before is in force again.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { failure, notice } from '@/app/notices';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { changed, setsQuery } from '../api';
import { forgetRules } from './live_counts';
import { isOutdated } from './trouble';

export function RollbackButton() {
  const t = useWords('operate');
  const { data } = useQuery(setsQuery);
  const [isBusy, setBusy] = useState(false);
  if (!data || data.rolls_back_to === null) return null;
  const is0 = data.rolls_back_to === 0 ? '_shipped' : '';
  const back = async () => {
    const { active, rolls_back_to: to } = data;
    if (!(await confirmed({ title: t(`rollback.title${is0}`, { to }), text: t('rollback.text', { from: active }), action: t(`rollback.do${is0}`, { to }), isDangerous: true }))) return;
    setBusy(true);
    try {
      await changed('POST', '/api/v2/redaction_rule_sets/rollback', active);
      notice(t(`rollback.done${is0}`, { to }));
    } catch (problem) {
      if (isOutdated(problem)) notice(t('conflict.short'), { kind: 'failed' });
      else failure(problem);
    }
    setBusy(false);
    void forgetRules();
  };
  return <Button isBusy={isBusy} onClick={() => void back()}>{t(`rollback.open${is0}`, { to: data.rolls_back_to })}</Button>;
}
