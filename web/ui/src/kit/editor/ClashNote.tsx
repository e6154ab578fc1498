// Somebody else has changed the same meanwhile: one's own version, or theirs.
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';

export function ClashNote({ words, onMine, onTheirs }: { words?: string; onMine: () => void; onTheirs: () => void }) {
  const t = useWords('rules');
  return (
    <div role="alert" className="mb-2 rounded-lg border border-warn bg-warn-ground p-3 text-warn">
      <p className="font-semibold">{t('clash.title')}</p>
      <p>{words ?? t('clash.here')}</p>
      <div className="mt-2 flex flex-wrap gap-2"><Button onClick={onMine}>{t('clash.mine')}</Button><Button onClick={onTheirs}>{t('clash.theirs')}</Button></div>
    </div>
  );
}
