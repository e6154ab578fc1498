import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { dismiss, holdNotice, letNoticeGo, useNotices } from './notices';

// --dock: the height of what a screen has at its lower edge (kit/useDock.ts), which messages must not lie on.
export function Notices() {
  const t = useWords();
  const list = useNotices();
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed right-3 bottom-[calc(0.75rem+var(--dock,0px))] z-40 flex w-[min(26rem,calc(100vw-1.5rem))] flex-col gap-2">
      {list.map((each) => (
        <div key={each.id} onMouseEnter={() => holdNotice(each.id)} onMouseLeave={() => letNoticeGo(each.id)} onFocus={() => holdNotice(each.id)} onBlur={() => letNoticeGo(each.id)}
          className={`pointer-events-auto flex items-center gap-3 rounded-lg border px-4 py-2 shadow-lg ${each.kind === 'failed' ? 'border-bad bg-bad-ground text-bad' : 'border-line bg-raised'}`}>
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{each.text}</span>
          {each.undo && <Button look="quiet" onClick={() => { dismiss(each.id); each.undo?.(); }}>{each.undoLabel ?? t('undo')}</Button>}
          <Button look="quiet" aria-label={t('close')} onClick={() => dismiss(each.id)}>×</Button>
        </div>
      ))}
    </div>
  );
}
