// Removal of a text or a file from a message, for good. Only for those who may; the server decides again.
import { put, type Id } from '@/api/http';
import { failure, notice } from '@/app/notices';
import type { Words } from '@/i18n';
import { confirmed } from '@/kit/Confirm';
import { refreshComments } from '../data/queries';
import type { Attachment, Comment } from '@/screens/desk/types';

const kShownMax = 80; // of what was selected, in the question
const shortened = (words: string) => (words.length > kShownMax ? `${words.slice(0, kShownMax)}…` : words);

// What is selected inside `text`, and nothing of what is around it.
export function selectedIn(text: Element | null): string {
  const selection = getSelection();
  if (!text || !selection || selection.rangeCount === 0 || selection.isCollapsed) return '';
  const range = selection.getRangeAt(0);
  return text.contains(range.startContainer) && text.contains(range.endContainer) ? selection.toString().trim() : '';
}

interface Removed { redaction: { also_in_comment_ids: Id[]; being_sent: boolean } }
const path = (ticket: Id, comment: Id) => `/api/v2/tickets/${ticket}/comments/${comment}`;

export async function redactText(ticket: Id, comment: Comment, text: string, t: Words) {
  if (!(await confirmed({ title: t('redact_text_title', { text: shortened(text) }), text: t('for_good'), action: t('redact_do'), isDangerous: true }))) return;
  const touched: Id[] = [comment.id];
  try {
    const { redaction } = await put<Removed>(`${path(ticket, comment.id)}/redact`, { text });
    const others = redaction.also_in_comment_ids;
    if (others.length > 0 && (await confirmed({ title: t('redact_also_title'), text: t('redact_also', { count: others.length }), action: t('redact_do'), isDangerous: true }))) {
      for (const other of others) {
        await put(`${path(ticket, other)}/redact`, { text });
        touched.push(other);
      }
    }
    notice(t(redaction.being_sent ? 'redacted_too_late' : 'redacted_done'));
  } catch (problem) { failure(problem); }
  await refreshComments(ticket, touched).catch(() => {});
}

export async function redactFile(ticket: Id, comment: Comment, file: Attachment, t: Words) {
  if (!(await confirmed({ title: t('redact_file_title', { name: shortened(file.file_name || t('attachment')) }), text: t('for_good'), action: t('redact_do'), isDangerous: true }))) return;
  try {
    await put(`${path(ticket, comment.id)}/attachments/${file.id}/redact`);
    notice(t('redacted_done'));
  } catch (problem) { failure(problem); }
  await refreshComments(ticket, [comment.id]).catch(() => {});
}
