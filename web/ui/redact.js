// Removal of a text or a file from a message, for good. Only for those who may; the server decides again.
import * as api from './api.js';
import { el, notice } from './dom.js';

const kShownMax = 80;  // of what was selected, in the question

// What is selected inside `text`, and nothing of what is around it.
function selectedIn(text) {
  const selection = window.getSelection();
  if (selection.rangeCount === 0 || selection.isCollapsed) return '';
  const range = selection.getRangeAt(0);
  return text.contains(range.startContainer) && text.contains(range.endContainer) ? selection.toString().trim() : '';
}

function shortened(words) {
  return words.length > kShownMax ? `${words.slice(0, kShownMax)}…` : words;
}

const kForGood = 'It goes from this message, from its stored original and from every copy. This cannot be undone.';

// `reload` is called after each removal.
export function redactor(ticket, reload) {
  const tell = (problem) => { if (problem.status !== 401) notice(problem.words || problem.message); };

  async function removeText(comment, words) {
    if (!words) { notice('First select the words to remove, in the text of this message.'); return; }
    if (!window.confirm(`Remove “${shortened(words)}” for good?\n\n${kForGood}`)) return;
    try {
      const { redaction } = await api.redactText(ticket, comment.id, words);
      const others = redaction.also_in_comment_ids;
      const asks = `${others.length === 1 ? 'Another message of this ticket shows' : `${others.length} other messages of this ticket show`} it too, perhaps as a quotation. Remove it there as well? This cannot be undone.`;
      if (others.length > 0 && window.confirm(asks)) {
        for (const other of others) await api.redactText(ticket, other, words);
      }
      notice(redaction.being_sent ? 'Removed here. The mail with it is on its way and cannot be called back.' : 'Removed.');
    } catch (problem) { tell(problem); }
    reload();
  }

  async function removeFile(comment, file) {
    if (!window.confirm(`Remove the file “${file.file_name || 'attachment'}” for good?\n\n${kForGood}`)) return;
    try {
      await api.redactAttachment(ticket, comment.id, file.id);
      notice('Removed.');
    } catch (problem) { tell(problem); }
    reload();
  }

  // Pressing a button must not take the selection away before it is read.
  const quiet = (label, act) => el('button', { type: 'button', class: 'quiet', onmousedown: (event) => event.preventDefault(), onclick: act }, label);
  return {
    textButton: (comment, text) => quiet('Redact the selected text…', () => removeText(comment, selectedIn(text))),
    fileButton: (comment, file) => (file.file_name === 'redacted.txt' && file.replaced ? null : quiet('Redact…', () => removeFile(comment, file))),
  };
}
