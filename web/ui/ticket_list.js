// The list of tickets: filter by status, pages by cursor, updated as things happen.
import * as api from './api.js';
import { el, notice, time } from './dom.js';
import { moveFocus } from './keys.js';
import { onChange, ticketsOf } from './live.js';

const kFilters = [['', 'All'], ['new', 'New'], ['open', 'Open'], ['pending', 'Pending'], ['hold', 'On hold'], ['solved', 'Solved'],
  ['closed', 'Closed']];

function link(status, mine) {
  const query = new URLSearchParams();
  if (status) query.set('status', status);
  if (mine) query.set('mine', '1');
  const text = query.toString();
  return `#/tickets${text ? `?${text}` : ''}`;
}

function row(ticket, people, fresh) {
  const requester = people.get(String(ticket.requester_id));
  const assignee = people.get(String(ticket.assignee_id));
  const who = `#${ticket.id} · ${requester ? requester.name : 'unknown'}${assignee ? ` → ${assignee.name}` : ''}`
    + ` · ${ticket.comment_count} ${ticket.comment_count === 1 ? 'message' : 'messages'}`;
  return el('li', { class: fresh.has(String(ticket.id)) ? 'fresh' : '' },
    el('a', { href: `#/tickets/${ticket.id}` },
      el('span', { class: `status ${ticket.status}` }, ticket.status),
      el('span', { class: 'subject' }, ticket.subject || '(no subject)'),
      time(ticket.updated_at),
      el('span', { class: 'who' }, who)));
}

export async function showTicketList(stage, query) {
  const status = query.get('status') || '';
  const mine = query.get('mine') === '1';
  const cursors = [''];
  const fresh = new Set();
  const list = el('ul', { class: 'tickets' });
  const tabs = el('ul', { class: 'tabs' });
  const back = el('button', { type: 'button', class: 'quiet', onclick: () => turn(-1) }, '← Newer');
  const forth = el('button', { type: 'button', class: 'quiet', onclick: () => turn(1) }, 'Older →');
  let page = 0;
  let hasMore = false;
  let isLoading = false;
  let isStale = false;

  function drawTabs(counts) {
    const items = kFilters.map(([word, label]) => {
      const count = word && counts ? ` ${counts[word] ?? 0}` : '';
      return el('li', {}, el('a', { href: link(word, mine), 'aria-current': word === status ? 'page' : null }, label + count));
    });
    const toggle = el('a', { href: link(status, !mine), 'aria-current': mine ? 'true' : null }, 'Assigned to me');
    tabs.replaceChildren(...items, el('li', {}, toggle));
  }

  async function load() {
    if (isLoading) { isStale = true; return; }
    isLoading = true;
    try {
      const [found, counts] = await Promise.all([api.tickets({ status, mine, after: cursors[page] }), api.counts()]);
      const people = await api.users(found.tickets.flatMap((each) => [each.requester_id, each.assignee_id]));
      const focused = document.activeElement && document.activeElement.getAttribute('href');
      list.replaceChildren(...found.tickets.map((each) => row(each, people, fresh)));
      if (found.tickets.length === 0) list.append(el('li', { class: 'empty' }, 'Nothing here.'));
      // A redraw must not throw the keyboard user back to the top of the page.
      const same = focused && [...list.querySelectorAll('a')].find((a) => a.getAttribute('href') === focused);
      if (same) same.focus();
      hasMore = found.meta.has_more;
      cursors[page + 1] = found.meta.after_cursor || '';
      drawTabs(counts);
      back.disabled = page === 0;
      forth.disabled = !hasMore;
    } catch (problem) {
      if (problem.status !== 401) notice(problem.message);
    } finally {
      isLoading = false;
      if (isStale && stage.isCurrent()) { isStale = false; load(); }
    }
  }

  function turn(by) {
    if ((by > 0 && !hasMore) || (by < 0 && page === 0)) return;
    page += by;
    load();
  }

  let timer = 0;
  const stop = onChange((entry) => {
    for (const id of ticketsOf(entry)) fresh.add(id);
    // A burst of mail is one redraw.
    clearTimeout(timer);
    timer = setTimeout(load, 250);
  });
  stage.keys({
    j: () => moveFocus([...list.querySelectorAll('a')], 1),
    k: () => moveFocus([...list.querySelectorAll('a')], -1),
    n: () => turn(1),
    p: () => turn(-1),
  });
  drawTabs(null);
  stage.show(el('h1', {}, 'Tickets'), el('nav', { 'aria-label': 'Status' }, tabs), list, el('div', { class: 'pager' }, back, forth),
    el('p', { class: 'hint' }, el('kbd', {}, 'j'), ' ', el('kbd', {}, 'k'), ' move, ', el('kbd', {}, 'Enter'), ' opens'));
  await load();
  return () => { clearTimeout(timer); stop(); };
}
