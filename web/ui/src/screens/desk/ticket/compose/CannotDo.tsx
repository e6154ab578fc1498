// What of a macro cannot be done to this ticket, and why.
import { useWords } from '@/i18n';
import { useRuleWords } from '@/kit/rules/useRuleWords';

export default function CannotDo({ list }: { list: string[] }) {
  const t = useWords('ticket');
  const say = useRuleWords(list, 'macros');
  return <p className="text-bad">{t('macro_cannot')} {list.map(say.action).join('; ')}</p>;
}
