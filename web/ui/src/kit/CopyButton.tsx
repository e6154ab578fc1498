import { useState } from 'react';
import { useWords } from '@/i18n';
import { Button } from './Button';

export function CopyButton({ text, what }: { text: string; what: string }) {
  const t = useWords();
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 2000);
  };
  return <Button onClick={() => void copy()}>{isDone ? t('copied') : t('copy')}<span className="sr-only"> {what}</span></Button>;
}
