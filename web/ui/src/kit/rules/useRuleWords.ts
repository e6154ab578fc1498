// Conditions and actions that the server names, in the page's words; people by their names.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '@/api/http';
import { itemWords } from '@/api/said';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { actionOfWords, useActionWords } from '@/kit/actions/wording';
import type { Definitions } from '@/kit/conditions/types';
import { useWording } from '@/kit/conditions/wording';
import { nameOf, usePeople } from '@/screens/desk/ticket/data/people';
import { actionSaid, conditionSaid, kWhyNot, peopleSaid, rowFor } from './saidByRules';

const kNone: Definitions = { conditions_all: [], conditions_any: [], actions: [] };

export interface RuleWords { condition: (said: string) => string; action: (said: string) => string }

// `said`: every sentence that will be asked for, so that the people in them are known together.
export function useRuleWords(said: string[], kind: 'triggers' | 'automations' | 'macros' = 'triggers'): RuleWords {
  const t = useWords('rules');
  const { can } = useSession();
  const wording = useWording();
  const { data } = useQuery({ queryKey: ['known', kind, 'definitions'], queryFn: ({ signal }) => get<{ definitions: Definitions }>(`/api/v2/${kind}/definitions`, signal), staleTime: 60_000 });
  const definitions = data?.definitions ?? kNone;
  const actionWords = useActionWords(definitions.actions);
  const people = usePeople(can('users:read') ? peopleSaid(said) : []);
  const rows = useMemo(() => [...(definitions.conditions_all ?? []), ...(definitions.conditions_any ?? [])], [definitions]);
  const who = (id: string) => nameOf(people, id, t('outcome.somebody', { id }));
  const whyNot = (why: string) => {
    const known = kWhyNot.find(([, pattern]) => pattern.test(why));
    return known ? t(`outcome.${known[0]}`) : itemWords(undefined, why);
  };
  return {
    condition: (each) => {
      const condition = conditionSaid(each);
      return wording.sentence(condition, rowFor(rows, condition));
    },
    action: (each) => {
      const { action, outcome } = actionSaid(each);
      const what = actionWords(actionOfWords(action));
      if (!outcome) return what;
      const words = outcome.kind === 'mailed' ? t('outcome.mailed', { who: outcome.ids.map(who).join(', ') }) : outcome.kind === 'nobody' ? t('outcome.nobody') : outcome.kind === 'about' ? t('outcome.about', { who: who(outcome.id), why: whyNot(outcome.why) }) : whyNot(outcome.why);
      return `${what} – ${words}`;
    },
  };
}
