// What the actions of the audit log are called. Those of the command line are told with the command itself.
import type { Words } from '@/i18n';
import { wordFor } from '@/screens/me/words';

export const actionKey = (action: string) => `action.${action.replaceAll('.', '_')}`;

// `label`: what the server calls it, of an action that this page does not know yet.
export function actionWords(t: Words, action: string, label: string): string {
  const [, command] = /^console\.(.+)$/.exec(action) ?? [];
  return wordFor(t, actionKey(action), command ? t('console', { command }) : label);
}
