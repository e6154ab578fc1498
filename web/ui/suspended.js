// Mail that was held back from the tickets: why, from whom, and what the gate found out; a ticket can still be made of it.
import * as api from './api.js';
import { arrange, bytes, el, notice, time } from './dom.js';
import { moveFocus } from './keys.js';
import { onChange } from './live.js';
import { markRedacted, redactionNode, verdictNodes } from './verdicts.js';

const kCauses = {
  spam: 'Spam suspected', dmarc: 'Disowned by its domain', unproven: 'Sender not proven', temperror: 'Sender could not be checked', blocked: 'Blocked sender',
  redaction_rule: 'A redaction rule holds it', unread_file: 'A file nobody can look into',
};

// Held back, recovered and deleted mail; a recovered one may be told as its new ticket only.
const isAboutMail = (entry) => entry.isResync || entry.changes.some((each) => /^(mail\.|ticket\.created)/.test(each.kind));

// Keeps the number beside "Suspended" in the bar; returns a function that ends it.
export function watchSuspendedCount() {
  const box = document.getElementById('suspended-count');
  let timer = 0;
  let isOver = false;
  async function load() {
    try {
      const count = await api.suspendedCount();
      if (isOver) return;
      box.textContent = count.has_more ? `${count.value}+` : String(count.value);
      box.hidden = count.value === 0;
    } catch { /* the next change asks again */ }
  }
  const stop = onChange((entry) => {
    if (!isAboutMail(entry)) return;
    clearTimeout(timer);
    timer = setTimeout(load, 250);
  });
  load();
  return () => {
    isOver = true;
    clearTimeout(timer);
    stop();
    box.hidden = true;
  };
}

function fileNode(file) {
  return el('li', {}, `${file.file_name || 'attachment'} ${bytes(file.size)}`);
}

function previewNode(mail) {
  return el('div', {},
    el('pre', { class: 'text' }, mail.content ? markRedacted(mail.content) : 'This message has no text.'),
    mail.content_truncated ? el('p', { class: 'hint' }, 'This is only the beginning.') : null,
    mail.attachments.length > 0 ? el('ul', { class: 'files', 'aria-label': 'Attachments' }, mail.attachments.map(fileNode)) : null);
}

function mailNode(mail, act) {
  const subject = mail.subject || '(no subject)';
  const preview = el('div', {});
  const why = [el('span', { class: 'badge bad' }, kCauses[mail.cause] || mail.cause),
    el('span', { class: 'badge' }, `score ${mail.score.toFixed(1)}`)];
  const buttons = [
    el('button', { type: 'button', onclick: () => act.recover(mail, buttons) }, 'Make a ticket'),
    el('button', { type: 'button', class: 'quiet', onclick: () => act.read(mail, preview, buttons[1]) }, 'Show text'),
    el('button', { type: 'button', class: 'quiet danger', onclick: () => act.remove(mail, buttons) }, 'Delete'),
  ];
  return el('article', { class: 'comment held', tabindex: '-1', 'aria-label': subject, 'data-id': mail.id },
    el('header', {}, el('strong', {}, subject), time(mail.created_at),
      el('span', { class: 'who' }, `from ${mail.author.email || 'an empty address'}${mail.recipient ? ` to ${mail.recipient}` : ''}`)),
    preview,
    el('footer', {},
      verdictNodes(mail.verdicts, why), redactionNode(mail.redactions), el('div', { class: 'row' }, buttons)));
}

export async function showSuspended(stage) {
  const cursors = [''];
  const list = el('section', { 'aria-label': 'Suspended mail' });
  const said = el('p', { role: 'status', class: 'hint' });
  const back = el('button', { type: 'button', class: 'quiet', onclick: () => turn(-1) }, '← Newer');
  const forth = el('button', { type: 'button', class: 'quiet', onclick: () => turn(1) }, 'Older →');
  let page = 0;
  let hasMore = false;
  let loads = 0;

  async function load() {
    const mine = ++loads;
    try {
      const found = await api.suspended({ after: cursors[page] });
      if (mine !== loads) return;
      // A message that is on the page already stays as it is (an opened text, the focus).
      const old = new Map([...list.children].map((node) => [node.dataset.id, node]));
      const nodes = found.suspended_tickets.map((each) => old.get(each.id) || mailNode(each, act));
      arrange(list, nodes.length > 0 ? nodes : [el('p', { class: 'empty card' }, 'No mail is held back.')]);
      hasMore = found.meta.has_more;
      cursors[page + 1] = found.meta.after_cursor || '';
      back.disabled = page === 0;
      forth.disabled = !hasMore;
    } catch (problem) {
      if (problem.status !== 401) notice(problem.words || problem.message);
    }
  }

  function turn(by) {
    if ((by > 0 && !hasMore) || (by < 0 && page === 0)) return;
    page += by;
    load();
  }

  async function change(buttons, work) {
    for (const each of buttons) each.disabled = true;
    try {
      await work();
    } catch (problem) {
      if (problem.status === 404) notice('Somebody else has just taken care of this message.');
      else if (problem.status !== 401) notice(problem.words || problem.message);
    }
    for (const each of buttons) each.disabled = false;
    await load();
  }

  const act = {
    recover: (mail, buttons) => change(buttons, async () => {
      const ticket = await api.recoverSuspended(mail.id);
      said.replaceChildren(`“${mail.subject || '(no subject)'}” is now `, el('a', { href: `#/tickets/${ticket.id}` }, `ticket #${ticket.id}`), '.');
    }),
    remove: (mail, buttons) => {
      if (!window.confirm(`Delete “${mail.subject || '(no subject)'}” for good? It cannot be brought back.`)) return;
      change(buttons, async () => {
        await api.deleteSuspended(mail.id);
        said.replaceChildren(`“${mail.subject || '(no subject)'}” was deleted.`);
      });
    },
    read: async (mail, preview, button) => {
      if (preview.firstChild) {
        preview.replaceChildren();
        button.textContent = 'Show text';
        return;
      }
      try {
        preview.replaceChildren(previewNode(await api.suspendedMail(mail.id)));
        button.textContent = 'Hide text';
      } catch (problem) {
        if (problem.status !== 401) notice(problem.words || problem.message);
      }
    },
  };

  let timer = 0;
  const stop = onChange((entry) => {
    if (!isAboutMail(entry)) return;
    clearTimeout(timer);
    timer = setTimeout(load, 250);
  });
  stage.keys({
    j: () => moveFocus([...list.children], 1),
    k: () => moveFocus([...list.children], -1),
    n: () => turn(1),
    p: () => turn(-1),
  });
  stage.show(el('h1', {}, 'Suspended mail'),
    el('p', { class: 'hint' }, 'These messages were accepted and held back. Their senders know nothing of it.'),
    said, list, el('div', { class: 'pager' }, back, forth),
    el('p', { class: 'hint' }, el('kbd', {}, 'j'), ' ', el('kbd', {}, 'k'), ' messages'));
  await load();
  return () => { clearTimeout(timer); stop(); };
}
