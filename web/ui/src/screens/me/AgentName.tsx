import { useWords } from '@/i18n';
import { readAgent } from './agent';

// The whole text is behind the short one.
export function AgentName({ text }: { text: string }) {
  const t = useWords('me');
  const { browser, system } = readAgent(text);
  const short = browser && system ? t('agent.on', { browser, system }) : browser || system || text.slice(0, 60) || t('agent.unknown');
  return <span title={text} className="[overflow-wrap:anywhere]">{short}</span>;
}
