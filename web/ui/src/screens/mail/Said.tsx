import { useWords } from '@/i18n';
import { saidWords } from './sentences';

export function Said({ text }: { text: string }) {
  const t = useWords('mail');
  const words = saidWords(t, text);
  return words ? <span>{words}</span> : <span lang="en">{text}</span>;
}
