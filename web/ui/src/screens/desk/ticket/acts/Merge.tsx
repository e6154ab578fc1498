// Merging: other tickets into this one, or this one into another.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post, sameId, wordsOf } from '@/api/http';
import { go } from '@/app/place';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Check, Field } from '@/kit/Field';
import type { Ticket } from '@/screens/desk/types';
import { finished, told } from './job';

type Direction = 'into' | 'from';

function useCandidates(ticket: Ticket) {
  const { data } = useQuery({ queryKey: ['merge_candidates', String(ticket.requester_id)], queryFn: async () => (await get<{ tickets: Ticket[] }>(`/api/v2/users/${ticket.requester_id}/tickets/requested?page%5Bsize%5D=50`)).tickets });
  return (data ?? []).filter((each) => !sameId(each.id, ticket.id) && each.status !== 'closed');
}

export default function Merge({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const t = useWords('ticket');
  const candidates = useCandidates(ticket);
  const [direction, setDirection] = useState<Direction>('into');
  const [numbers, setNumbers] = useState('');
  const [note, setNote] = useState('');
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const chosen = [...new Set(numbers.match(/\d+/g) ?? [])].filter((each) => each !== String(ticket.id));
  const toggle = (id: string) => setNumbers(direction === 'into' ? id : (chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]).join(', '));
  const act = async () => {
    if (chosen.length === 0 || (direction === 'into' && chosen.length > 1)) { setError(t(direction === 'into' ? 'merge_one' : 'merge_which')); return; }
    setBusy(true);
    setError('');
    const target = direction === 'into' ? chosen[0]! : String(ticket.id);
    try {
      const { job_status } = await post(`/api/v2/tickets/${target}/merge`, { ids: direction === 'into' ? [ticket.id] : chosen, ...(note.trim() ? { target_comment: note, source_comment: note, target_comment_is_public: false, source_comment_is_public: false } : {}) }, { key: crypto.randomUUID() });
      const job = await finished(job_status);
      void queries.invalidateQueries({ queryKey: ['ticket'] });
      told(t('merged', { target }), job.undo_url, t);
      onClose();
      go(`/tickets/${target}`);
    } catch (problem) { setError(wordsOf(problem)); } finally { setBusy(false); }
  };
  return (
    <Dialog title={t('merge_title', { ticket: ticket.id })} onClose={onClose} className="w-[min(36rem,94vw)]">
      <fieldset className="mb-3 flex flex-wrap gap-4"><legend className="sr-only">{t('merge_direction')}</legend>
        {(['into', 'from'] as const).map((each) => <label key={each} className="flex min-h-6 items-center gap-2"><input type="radio" name="direction" checked={direction === each} onChange={() => { setDirection(each); setNumbers(''); }} />{t(`merge_${each}`)}</label>)}
      </fieldset>
      <Field autoFocus label={t(direction === 'into' ? 'merge_target' : 'merge_sources')} value={numbers} error={error} inputMode="numeric" placeholder="#123" onInput={(event) => setNumbers(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === 'Enter') void act(); }} />
      {candidates.length > 0 && (
        <fieldset className="mb-3"><legend className="mb-1 text-sm font-semibold">{t('merge_same_requester')}</legend>
          <div className="max-h-48 overflow-auto rounded-md border border-line p-2">
            {candidates.map((each) => <Check key={String(each.id)} className="mb-0!" checked={chosen.includes(String(each.id))} onChange={() => toggle(String(each.id))} label={<><span className="text-faint">#{String(each.id)}</span> {each.subject || t('no_subject')} <span className="text-sm text-faint">({t(`status.${each.status}`)})</span></>} />)}
          </div>
        </fieldset>
      )}
      <Field label={t('merge_note')} hint={t('merge_hint')} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      <div className="flex justify-end gap-2"><Button onClick={onClose}>{t('common:cancel')}</Button><Button look="main" isBusy={isBusy} onClick={() => void act()}>{t('merge')}</Button></div>
    </Dialog>
  );
}
