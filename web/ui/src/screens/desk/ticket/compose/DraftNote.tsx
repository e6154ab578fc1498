// Where the draft is: stored, being stored, not stored; and what to do when another tab or device has written too.
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Time } from '@/kit/Time';
import type { Id } from '@/api/http';
import { settleConflict, type Draft } from './draftStore';

export function DraftNote({ draft }: { draft: Draft }) {
  const t = useWords('ticket');
  if (!draft.text.trim() && draft.state !== 'failed') return null;
  const words = { loading: '', dirty: t('draft.saving'), saving: t('draft.saving'), saved: draft.savedAt ? t('draft.saved') : '', failed: t('draft.failed'), conflict: t('draft.conflict') }[draft.state];
  return (
    <span role="status" data-draft={draft.state} className={`text-xs ${draft.state === 'failed' || draft.state === 'conflict' ? 'font-semibold text-bad' : 'text-faint'}`}>
      {words}{draft.state === 'saved' && draft.savedAt && <> <Time at={draft.savedAt} /></>}
    </span>
  );
}

export function DraftTrouble({ ticket, draft }: { ticket: Id; draft: Draft }) {
  const t = useWords('ticket');
  return (
    <>
      {draft.other && (
        <div role="alert" className="mx-3 mb-2 rounded-lg border border-warn bg-warn-ground p-3">
          <p className="font-semibold">{t('draft_elsewhere')}</p>
          <p className="my-2 max-h-24 overflow-auto rounded border border-line bg-paper p-2 whitespace-pre-wrap [overflow-wrap:anywhere]">{draft.other.body}</p>
          <div className="flex flex-wrap gap-2">
            <Button look="main" onClick={() => settleConflict(ticket, 'both')}>{t('draft_both')}</Button>
            <Button onClick={() => settleConflict(ticket, 'mine')}>{t('draft_mine')}</Button>
            <Button onClick={() => settleConflict(ticket, 'theirs')}>{t('draft_theirs')}</Button>
          </div>
        </div>
      )}
      {draft.isRedacted && <p role="status" className="mx-3 mb-2 rounded-lg border border-warn/40 bg-warn-ground px-3 py-1.5 text-sm">{t('draft_redacted')}</p>}
      {draft.problem && !draft.other && draft.state !== 'saved' && <p role="alert" className="mx-3 mb-2 rounded-lg border border-bad bg-bad-ground px-3 py-1.5 text-bad">{draft.problem} {t('nothing_lost')}</p>}
    </>
  );
}
