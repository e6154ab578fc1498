import { useEffect, useState } from 'react';
import { useComing } from '@/app/ahead';
import { useWords } from '@/i18n';

// Nothing for a moment (most answers come before it would be read), then a word.
export function Wait() {
  const t = useWords();
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return <p role="status" className="p-8 text-center text-faint">{isLate ? t('loading') : ''}</p>;
}

// Instead of a whole screen: keys that are pressed meanwhile are meant for it.
export function ScreenWait() {
  useComing('screen');
  return <Wait />;
}
