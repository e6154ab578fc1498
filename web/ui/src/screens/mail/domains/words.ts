// The server's advice in the page's language: what a record is for and what its state asks for. The server's own sentence
// on what it found stands beside it, in English.
import { useWords } from '@/i18n';
import type { AdviceState, DnsRecord } from '../api';

export function useAdviceWords() {
  const t = useWords('mail');
  return {
    title: (purpose: string) => t(`purpose.${purpose}.title`, { defaultValue: purpose.toUpperCase() }),
    why: (record: DnsRecord) => t(`purpose.${record.purpose}.why`, { defaultValue: record.why }),
    state: (state: AdviceState | null) => t(`state.${state ?? 'unchecked'}`),
    ofDomain: (state: AdviceState | null) => t(`domain.${state ?? 'unchecked'}`),
    todo: (record: DnsRecord) => {
      if (record.state === 'missing' && !record.value) return t('todo.nothing_to_paste');
      return t(`todo.${record.state}`, { type: record.type });
    },
  };
}
