// Important actions ask for a fresh proof of who is there; the request that was refused is made again after it.
import { useLayoutEffect, useRef, useState } from 'react';
import { whenStale } from '@/api/http';
import { ProofForm } from '@/screens/entry/ProofForm';
import { useWords } from '@/i18n';
import { Dialog } from '@/kit/Dialog';

export function ProofDialog() {
  const t = useWords('entry');
  const [isOpen, setOpen] = useState(false);
  const answer = useRef<(given: boolean) => void>(() => {});
  useLayoutEffect(() => {
    whenStale(() => new Promise((resolve) => {
      answer.current(false); // of an earlier question
      answer.current = resolve;
      setOpen(true);
    }));
  }, []);
  const end = (given: boolean) => {
    setOpen(false);
    answer.current(given);
    answer.current = () => {};
  };
  if (!isOpen) return null;
  return <Dialog title={t('proof.title')} onClose={() => end(false)}><p className="mb-3 text-faint">{t('proof.why')}</p><ProofForm onProved={() => end(true)} /></Dialog>;
}
