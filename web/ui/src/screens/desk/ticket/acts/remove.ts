// Deleting a ticket, and calling it spam; both can be taken back.
import { del, put, type Id } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { go } from '@/app/place';
import { queries } from '@/app/session';
import type { Words } from '@/i18n';

async function restore(id: Id, t: Words) {
  try {
    await put(`/api/v2/deleted_tickets/${id}/restore`);
    void queries.invalidateQueries({ queryKey: ['ticket', String(id)] });
    notice(t('restored', { ticket: id }));
    go(`/tickets/${id}`);
  } catch (problem) { failure(problem); }
}

export async function remove(id: Id, kind: 'delete' | 'spam', t: Words): Promise<boolean> {
  try {
    if (kind === 'delete') await del(`/api/v2/tickets/${id}`);
    else await put(`/api/v2/tickets/${id}/mark_as_spam`);
    notice(t(kind === 'delete' ? 'deleted' : 'spammed', { ticket: id }), { undo: () => void restore(id, t), ms: 15_000 });
    return true;
  } catch (problem) {
    failure(problem);
    return false;
  }
}
