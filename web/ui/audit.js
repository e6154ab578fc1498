// The audit log: who did what, from where, before and after; whether the chain of hashes is whole; the file of it all.
import * as api from './api.js';
import { el, notice, time } from './dom.js';
import { moveFocus } from './keys.js';

const kFields = [
  ['action', 'Action', 'sign_in, ticket.*'],
  ['actor_id', 'Actor (id)', '0: operator, system'],
  ['object', 'Object', 'ticket/12'],
  ['ip_address', 'IP address', ''],
  ['text', 'Text', ''],
  ['from', 'From', '2026-11-22'],
  ['to', 'To', '2026-11-23T12:00'],
];
const kOutcomes = [['', 'any'], ['ok', 'done'], ['denied', 'denied'], ['failed', 'failed']];

// What the form says, as a query of the API.
function queryOf(values) {
  const query = new URLSearchParams();
  for (const name of ['action', 'actor_id', 'ip_address', 'text', 'outcome']) {
    if (values[name]) query.append(`filter[${name}]`, values[name]);
  }
  const [type, ...id] = (values.object || '').split('/');
  if (type && id.length > 0) {
    query.append('filter[source_type]', type);
    query.append('filter[source_id]', id.join('/'));
  }
  if (values.from || values.to) {
    query.append('filter[created_at][]', values.from || '1970-01-01');
    if (values.to) query.append('filter[created_at][]', values.to);
  }
  return query;
}

function row(name, value) {
  return value === null || value === undefined || value === '' ? null : el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, String(value)));
}

function changesNode(changes) {
  if (changes.length === 0) return null;
  return el('table', { class: 'changes' },
    el('thead', {}, el('tr', {}, ['Field', 'Before', 'After'].map((each) => el('th', { scope: 'col' }, each)))),
    el('tbody', {}, changes.map((each) => el('tr', {}, el('th', { scope: 'row' }, each.field), el('td', {}, each.before), el('td', {}, each.after)))));
}

function entryNode(entry) {
  const outcome = entry.outcome === 'ok' ? null : el('span', { class: 'badge bad' }, entry.outcome);
  const more = el('div', { hidden: true },
    el('table', {}, el('tbody', {},
      row('Role', entry.role), row('By', entry.method), row('Credential', entry.credential_id), row('Device', entry.device),
      row('Request', entry.request_id), row('Number in the chain', entry.sequence || 'not in it yet'), row('Hash', entry.hash))),
    changesNode(entry.changes));
  const button = el('button', { type: 'button', class: 'quiet', 'aria-expanded': 'false', onclick: () => {
    more.hidden = !more.hidden;
    button.setAttribute('aria-expanded', String(!more.hidden));
  } }, 'Details');
  return el('article', { class: 'comment', tabindex: '-1', 'aria-label': `${entry.action_label}, ${entry.source_label}` },
    el('header', {}, el('strong', {}, entry.action_label), ' ', outcome, time(entry.created_at),
      el('span', { class: 'who' }, `${entry.actor_name || `user ${entry.actor_id}`}${entry.ip_address ? ` from ${entry.ip_address}` : ''}`)),
    el('p', {}, entry.source_label, entry.change_description ? ` · ${entry.change_description}` : ''),
    more, el('footer', {}, button));
}

function chainNodes(chain) {
  const last = chain.verification;
  const words = [`${chain.sequence} entries are in the chain.`];
  if (chain.waiting > 0) words.push(`${chain.waiting} wait for it.`);
  if (chain.is_verifying) words.push('It is being verified …');
  const nodes = [el('p', {}, words.join(' '))];
  if (last && !last.fault) nodes.push(el('p', {}, 'Last verified ', time(last.at), `: ${last.entries} entries, intact.`));
  if (last && last.fault) {
    nodes.push(el('p', { class: 'problem', role: 'alert' }, 'Last verified ', time(last.at),
      `: BROKEN at number ${last.fault.sequence || '?'} (entry ${last.fault.id || '?'}): ${last.fault.description}.`));
  }
  nodes.push(el('p', { class: 'hint' }, `Keep this elsewhere, it proves the log up to here: ${chain.sequence}:${chain.hash}`));
  return nodes;
}

// Who receives security notices; a new one counts once the link mailed to it was opened.
function contactCard(tell) {
  const now = el('p', {});
  const email = el('input', { id: 'security-contact', type: 'email', maxlength: '254' });
  const showIt = (contact) => {
    now.textContent = contact.email ? `Notices go to ${contact.email}, which /.well-known/security.txt names.` : 'Nobody is told of what is in here.';
    if (contact.pending_email) now.textContent += ` ${contact.pending_email} has still to open the link in its mail.`;
  };
  const form = el('form', { class: 'card', 'aria-label': 'Security contact' }, el('h2', {}, 'Security contact'), now,
    el('label', { for: 'security-contact' }, 'Another address (empty: nobody)'), email, ' ', el('button', { type: 'submit' }, 'Change'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    api.setSecurityContact(email.value.trim()).then(showIt).catch(tell);
  });
  api.securityContact().then(showIt).catch(tell);
  return form;
}

// The link in the mail leads here, signed in or not. It is opened by a click: mail scanners follow links.
export function showContactLink(stage, token) {
  const said = el('p', { role: 'status' });
  const button = el('button', { type: 'button', onclick: async () => {
    button.disabled = true;
    try {
      await api.verifySecurityContact(token);
      said.textContent = 'Thank you: security notices will come to this address.';
    } catch (problem) { said.textContent = problem.words || problem.message; }
  } }, 'Confirm this address');
  stage.show(el('h1', {}, 'Security contact'), el('p', {}, 'You were named as the security contact of this help desk.'), button, said);
}

// The filters stand in the address: a bookmark of it is a saved search.
export async function showAudit(stage, asked = new URLSearchParams()) {
  const cursors = [''];
  let page = 0;
  let hasMore = false;
  let loads = 0;
  let timer = 0;
  let isOver = false;
  const list = el('section', { 'aria-label': 'Audit log' });
  const said = el('p', { role: 'status', class: 'hint' });
  const chainBox = el('div', {});
  const back = el('button', { type: 'button', class: 'quiet', onclick: () => turn(-1) }, '← Newer');
  const forth = el('button', { type: 'button', class: 'quiet', onclick: () => turn(1) }, 'Older →');
  const file = el('a', { download: 'audit.csv' }, 'Download as CSV');
  const inputs = new Map(kFields.map(([name, , hint]) => [name, el('input', { id: `audit-${name}`, maxlength: '200', placeholder: hint })]));
  const outcome = el('select', { id: 'audit-outcome' }, kOutcomes.map(([value, words]) => el('option', { value }, words)));
  inputs.set('outcome', outcome);
  for (const [name, input] of inputs) input.value = asked.get(name) || '';

  const tell = (problem) => { if (problem.status !== 401) notice(problem.words || problem.message); };
  const query = () => queryOf(Object.fromEntries([...inputs].map(([name, input]) => [name, input.value.trim()])));

  async function load() {
    const mine = ++loads;
    const wanted = query();
    file.setAttribute('href', `/api/v2/audit_logs/export?${wanted}`);
    try {
      const found = await api.auditLogs(wanted, cursors[page]);
      if (mine !== loads) return;
      list.replaceChildren(...(found.audit_logs.length > 0 ? found.audit_logs.map(entryNode) : [el('p', { class: 'empty card' }, 'Nothing was found.')]));
      said.textContent = found.meta.is_cut ? 'Much was looked through and little found: older entries are on the next page.' : '';
      hasMore = found.meta.has_more;
      cursors[page + 1] = found.meta.after_cursor || '';
      back.disabled = page === 0;
      forth.disabled = !hasMore;
    } catch (problem) { tell(problem); }
  }

  function turn(by) {
    if ((by > 0 && !hasMore) || (by < 0 && page === 0)) return;
    page += by;
    load();
  }

  async function loadChain(work = api.auditChain) {
    try {
      const chain = await work();
      if (isOver) return;
      chainBox.replaceChildren(...chainNodes(chain));
      if (chain.is_verifying) timer = setTimeout(() => loadChain(), 1000);
    } catch (problem) { tell(problem); }
  }

  const form = el('form', { class: 'card filters', 'aria-label': 'Filters' },
    kFields.map(([name, words]) => el('div', {}, el('label', { for: `audit-${name}` }, words), inputs.get(name))),
    el('div', {}, el('label', { for: 'audit-outcome' }, 'Outcome'), outcome),
    el('div', { class: 'row' }, el('button', { type: 'submit' }, 'Search'), ' ', file),
    el('p', { class: 'hint' }, 'The address holds the filters: bookmark it to keep a search.'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const kept = new URLSearchParams([...inputs].map(([name, input]) => [name, input.value.trim()]).filter(([, value]) => value));
    history.replaceState(null, '', `#/audit${kept.size > 0 ? `?${kept}` : ''}`);
    page = 0;
    load();
  });
  stage.keys({
    j: () => moveFocus([...list.children], 1),
    k: () => moveFocus([...list.children], -1),
    n: () => turn(1),
    p: () => turn(-1),
  });
  stage.show(el('h1', {}, 'Audit log'),
    el('section', { class: 'card' }, el('h2', {}, 'Chain'), chainBox,
      el('button', { type: 'button', onclick: () => loadChain(api.verifyAudit) }, 'Verify now')),
    contactCard(tell), form, said, list, el('div', { class: 'pager' }, back, forth));
  await Promise.all([load(), loadChain()]);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
