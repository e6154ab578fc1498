// One ticket: conversation, state, composer. What happens elsewhere appears without touching what is being written.
import * as api from './api.js';
import { commentNode } from './comment_view.js';
import { composer } from './composer.js';
import { arrange, el, notice, time } from './dom.js';
import { moveFocus } from './keys.js';
import { onChange, ticketsOf } from './live.js';
import { redactor } from './redact.js';

const kCommentsStep = 1000;  // of one conversation; the rest is asked for
const kStatuses = ['new', 'open', 'pending', 'hold', 'solved', 'closed'];

function option(value, label, current) {
  return el('option', { value: String(value), selected: String(value) === String(current) }, label);
}

export async function showTicket(stage, id, me) {
  let state = null;   // { ticket, etag }
  let loads = 0;
  let most = kCommentsStep;
  const conversation = el('section', { 'aria-label': 'Conversation' });
  const title = el('h1', {});
  const facts = el('p', { class: 'hint' });
  const claim = el('div', {});
  const status = el('select', { id: 'status' });
  const assignee = el('select', { id: 'assignee' });
  const history = el('ul', { class: 'events' });
  const more = el('button', { type: 'button', class: 'quiet', hidden: true, onclick: () => { most += kCommentsStep; guard(load); } },
    'Show later messages');
  const historyBox = el('details', { class: 'card' }, el('summary', {}, 'History'), history);

  function drawHead(people, agents) {
    const ticket = state.ticket;
    title.textContent = ticket.subject || '(no subject)';
    stage.title(`#${ticket.id} ${title.textContent} · Postern`);
    const requester = people.get(String(ticket.requester_id));
    const copies = ticket.email_cc_ids.map((each) => people.get(String(each))).filter(Boolean).map((each) => each.email);
    facts.replaceChildren(`#${ticket.id} from ${requester ? requester.email || requester.name : 'unknown'}`,
      ticket.recipient ? ` to ${ticket.recipient}` : '', copies.length ? `, in copy ${copies.join(', ')}` : '', ' · ', time(ticket.created_at));
    status.replaceChildren(...kStatuses.map((word) => option(word, word, ticket.status)));
    const list = [option('', 'nobody', ticket.assignee_id ?? ''), ...agents.map((each) => option(each.id, each.name, ticket.assignee_id))];
    assignee.replaceChildren(...list);
    const other = ticket.claims_ticket_id || ticket.follow_up_of_id;
    claim.replaceChildren(...(other ? [el('p', { class: 'claim' },
      ticket.claims_ticket_id ? 'This message claims to belong to ' : 'This continues the closed ticket ',
      el('a', { href: `#/tickets/${other}` }, `#${other}`),
      ticket.claims_ticket_id ? ', but its sender could not be proved to be part of it.' : '.')] : []));
  }

  const mayMark = (me.permissions || []).includes('tickets:write');
  const hands = (me.permissions || []).includes('comments:redact') ? redactor(id, () => guard(load)) : null;

  function drawComments(comments, people) {
    // Messages that are on the page already stay as they are (an opened frame, a selection), unless something went from them.
    const old = new Map([...conversation.children].map((node) => [node.dataset.id + node.dataset.delivery + node.dataset.redactions, node]));
    arrange(conversation, comments.map((each) => {
      const redactions = String((each.redactions || []).length);
      const known = old.get(String(each.id) + String(each.delivery) + redactions);
      const node = known || commentNode(each, people, me, hands, { ticket: id, mayMark });
      node.dataset.delivery = String(each.delivery);
      node.dataset.redactions = redactions;
      return node;
    }));
  }

  async function drawHistory() {
    const [events] = await Promise.all([api.events(id)]);
    const people = await api.users(events.map((each) => each.author_id));
    history.replaceChildren(...events.map((each) => {
      const who = people.get(String(each.author_id));
      return el('li', {}, time(each.created_at), ` ${who ? who.name : 'Postern'}: ${each.kind}${each.detail ? ` (${each.detail})` : ''}`);
    }));
  }

  async function load() {
    const mine = ++loads;
    const [fetched, comments, agents] = await Promise.all([api.ticket(id), api.comments(id, most), api.agents()]);
    const people = await api.users([fetched.ticket.requester_id, ...fetched.ticket.email_cc_ids, ...comments.list.map((each) => each.author_id)]);
    if (mine !== loads) return;  // an answer to a later question is newer
    state = fetched;
    drawHead(people, agents);
    drawComments(comments.list, people);
    more.hidden = !comments.hasMore;
    if (historyBox.open) await drawHistory();
  }

  const guard = (work) => work().catch((problem) => { if (problem.status !== 401) notice(problem.words || problem.message); });

  async function change(fields) {
    try {
      state = { ...state, ...(await api.updateTicket(id, fields, { etag: state.etag })) };
    } catch (problem) {
      if (problem.status === 412 || problem.status === 409) notice('Somebody else has just changed this ticket. Look again.');
      else notice(problem.words || problem.message);
    }
    await guard(load);
  }

  status.addEventListener('change', () => change({ status: status.value }));
  status.disabled = !mayMark;
  assignee.disabled = !mayMark;
  assignee.addEventListener('change', () => change({ assignee_id: assignee.value || null }));
  historyBox.addEventListener('toggle', () => { if (historyBox.open) guard(drawHistory); });

  let timer = 0;
  const stop = onChange((entry) => {
    if (!entry.isResync && !ticketsOf(entry).includes(String(id))) return;
    clearTimeout(timer);
    timer = setTimeout(() => guard(load), 250);
  });
  const end = () => { clearTimeout(timer); stop(); };

  try {
    await load();
  } catch (problem) {
    end();
    if (problem.status === 401) return () => {};
    stage.show(el('p', { class: 'empty' }, problem.status === 404 ? 'There is no such ticket.' : problem.message));
    return () => {};
  }
  const reply = composer(state.ticket, me, () => { notice('Done.'); guard(load); });
  stage.show(el('p', {}, el('a', { href: '#/tickets' }, '← All tickets')), title, facts, claim,
    el('div', { class: 'controls' },
      el('div', {}, el('label', { for: 'status' }, 'Status'), status),
      el('div', {}, el('label', { for: 'assignee' }, 'Assignee'), assignee),
      el('button', { type: 'button', class: 'quiet', onclick: () => change({ assignee_id: String(me.id) }) }, 'Take it')),
    conversation, more, reply.node, historyBox,
    el('p', { class: 'hint' }, el('kbd', {}, 'j'), ' ', el('kbd', {}, 'k'), ' messages, ', el('kbd', {}, 'r'), ' reply, ',
      el('kbd', {}, 'u'), ' back, ', el('kbd', {}, 'Ctrl'), '+', el('kbd', {}, 'Enter'), ' send'));

  stage.keys({
    j: () => moveFocus([...conversation.children], 1),
    k: () => moveFocus([...conversation.children], -1),
    r: () => reply.focus(),
    u: () => { location.hash = '#/tickets'; },
  });
  return end;
}
