import { useWords } from '@/i18n';
import { known } from './sentences';

export function Said({ text }: { text: string }) {
  const t = useWords('mail');
  const found = known(text);
  return found ? <span>{t(`said.${found.key}`, found.values)}</span> : <span lang="en">{text}</span>;
}
