// Going through a conversation by keys: the focus moves from message to message.
import { useMemo } from 'react';
import { useCommands, type Command } from '@/app/keys';
import { useWords } from '@/i18n';

const messages = () => [...document.querySelectorAll<HTMLElement>('[data-comment]')];

function move(by: 1 | -1) {
  const all = messages();
  if (all.length === 0) return;
  const now = all.findIndex((each) => each === document.activeElement || each.contains(document.activeElement));
  const to = now < 0 ? all.length - 1 : Math.min(all.length - 1, Math.max(0, now + by));
  all[to]!.focus({ preventScroll: true });
  all[to]!.scrollIntoView({ block: 'nearest' });
}

// The message that has the focus, or the newest.
const current = () => (document.activeElement?.closest<HTMLElement>('[data-comment]') ?? messages().at(-1));

function edge(at: 0 | -1) {
  const node = messages().at(at);
  node?.focus({ preventScroll: true });
  node?.scrollIntoView({ block: at === 0 ? 'start' : 'end' });
}

export function useConversationKeys() {
  const t = useWords('ticket');
  const commands = useMemo<Command[]>(() => {
    const group = t('conversation');
    return [
      { id: 'talk.next', title: t('next_message'), group, keys: 'j', run: () => move(1) },
      { id: 'talk.previous', title: t('previous_message'), group, keys: 'k', run: () => move(-1) },
      { id: 'talk.first', title: t('first_message'), group, keys: 'Home', run: () => edge(0) },
      { id: 'talk.last', title: t('last_message'), group, keys: 'End', run: () => edge(-1) },
      { id: 'talk.format', title: t('show_formatting'), group, keys: 'f', run: () => current()?.querySelector<HTMLElement>('[data-format]')?.click() },
      { id: 'talk.quote', title: t('unfold_quote'), group, keys: 'o', run: () => current()?.querySelectorAll<HTMLElement>('[data-quote]').forEach((each) => each.click()) },
    ];
  }, [t]);
  useCommands(commands);
}
