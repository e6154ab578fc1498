// Writing a reply or a note. Which of the two is said by colour, by words, and on the button. Drafts stay in this browser.
import * as api from './api.js';
import { bytes, el, notice } from './dom.js';

const kStillUploading = 'A file is still being uploaded.';
const kStatuses = ['open', 'pending', 'hold', 'solved'];

function draftKey(me, id) { return `postern.draft.${me.id}.${id}`; }

function readDraft(key) {
  try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; }
}

export function composer(ticket, me, sent) {
  const key = draftKey(me, ticket.id);
  const draft = readDraft(key);
  const uploads = [];
  let uploading = 0;
  let isSending = false;
  // One key until it was sent: pressing the button again after a lost answer sends nothing twice.
  let sendKey = crypto.randomUUID();
  let sentText = '';

  const text = el('textarea', { id: 'reply', rows: '7', 'aria-describedby': 'who-reads' });
  text.value = draft.text || '';
  const isPublic = el('input', { type: 'radio', name: 'kind', value: 'public' });
  const isNote = el('input', { type: 'radio', name: 'kind', value: 'note' });
  const may = (permission) => (me.permissions || []).includes(permission);
  isPublic.disabled = !may('tickets:reply');
  isNote.disabled = !may('notes:write');
  isNote.checked = (draft.note === true && !isNote.disabled) || isPublic.disabled;
  isPublic.checked = !isNote.checked;
  const whoReads = el('p', { id: 'who-reads', class: 'who-reads' });
  const send = el('button', { type: 'submit' });
  const error = el('p', { class: 'error', role: 'alert' });
  const status = el('select', { id: 'then' }, el('option', { value: '' }, 'status as it is'),
    kStatuses.map((word) => el('option', { value: word }, `then ${word}`)));
  status.disabled = !may('tickets:write');
  const files = el('ul', { class: 'files' });
  const picker = el('input', { type: 'file', multiple: true, id: 'files', 'aria-label': 'Attach files' });

  const form = el('form', { class: 'card composer' },
    el('fieldset', {}, el('legend', {}, 'This is a'),
      el('label', { class: 'switch' }, isPublic, '✉ Public reply'),
      el('label', { class: 'switch' }, isNote, '✎ Internal note')),
    whoReads, el('label', { for: 'reply' }, 'Text'), text, error, files,
    el('div', { class: 'row' }, picker, el('label', { for: 'then', class: 'hint' }, 'After sending'), status, send));

  function dress() {
    const note = isNote.checked;
    form.classList.toggle('internal', note);
    form.classList.toggle('public', !note);
    whoReads.textContent = note ? 'Only your colleagues will see this.' : 'This will be mailed to the customer and everyone in copy.';
    send.disabled = isSending || uploading > 0;
    if (uploading > 0) send.textContent = 'Waiting for the files…';
    else send.textContent = note ? 'Add internal note' : 'Send public reply';
  }

  function keep() {
    try {
      if (text.value) localStorage.setItem(key, JSON.stringify({ text: text.value, note: isNote.checked }));
      else localStorage.removeItem(key);
    } catch { /* storage may be full or switched off: the text is still in the page */ }
  }

  function drawFiles() {
    files.replaceChildren(...uploads.map((each) => el('li', {}, `${each.attachment.file_name} ${bytes(each.attachment.size)} `,
      el('button', { type: 'button', class: 'quiet', 'aria-label': `Remove ${each.attachment.file_name}`, onclick: () => {
        uploads.splice(uploads.indexOf(each), 1);
        drawFiles();
      } }, '✕'))));
  }

  async function add(file) {
    try {
      uploads.push(await api.upload(file));
    } catch (problem) {
      notice(`${file.name}: ${problem.words || problem.message}`);
    }
    uploading -= 1;
    if (uploading === 0 && error.textContent === kStillUploading) error.textContent = '';
    drawFiles();
    dress();
  }

  picker.addEventListener('change', async () => {
    const picked = [...picker.files];
    picker.value = '';
    uploading += picked.length;
    dress();
    for (const file of picked) await add(file);
  });

  // What was written, picked or chosen while the reply was on its way belongs to the next one.
  function empty(sentBody, sentUploads, sentStatus) {
    if (text.value.startsWith(sentBody)) text.value = text.value.slice(sentBody.length).replace(/^\n+/, '');
    for (const each of sentUploads) {
      if (uploads.includes(each)) uploads.splice(uploads.indexOf(each), 1);
    }
    if (status.value === sentStatus) status.value = '';
    drawFiles();
    keep();
  }

  form.addEventListener('input', () => { dress(); keep(); });
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!text.value.trim() || isSending) return;
    error.textContent = uploading > 0 ? kStillUploading : '';
    if (uploading > 0) return;
    isSending = true;
    dress();
    const body = text.value;
    const attached = [...uploads];
    const then = status.value;
    const change = { comment: { body, public: isPublic.checked } };
    if (attached.length > 0) change.comment.uploads = attached.map((each) => each.token);
    if (then) change.status = then;
    const asSent = JSON.stringify(change);
    if (asSent !== sentText) sendKey = crypto.randomUUID();
    sentText = asSent;
    try {
      const done = await api.updateTicket(ticket.id, change, { key: sendKey });
      sentText = '';
      empty(body, attached, then);
      sent(done);
    } catch (problem) {
      error.textContent = problem.words || problem.message;
    } finally {
      isSending = false;
      dress();
    }
  });
  dress();
  return { node: form, focus: () => text.focus() };
}
