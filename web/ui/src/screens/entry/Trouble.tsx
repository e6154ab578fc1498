// What went wrong, once for who hears it, with the seconds that are left for who sees it.
import { useWords } from '@/i18n';
import { Alert } from './Frame';

export function Trouble({ words, wait }: { words: string; wait: number }) {
  const t = useWords('entry');
  return (
    <>
      <Alert>{words}</Alert>
      {wait > 0 && <p className="mb-3 text-sm text-faint" data-wait={wait}>{t('trouble.wait', { count: wait })}</p>}
    </>
  );
}
