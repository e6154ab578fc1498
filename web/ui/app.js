// The page: who is signed in, and which view the address asks for.
import * as api from './api.js';
import { el, notice, show } from './dom.js';
import { setKeys } from './keys.js';
import { startLive, stopLive } from './live.js';
import { showEnrolment, showSignIn } from './sign_in.js';
import { showSettings } from './settings.js';
import { showTicket } from './ticket_view.js';
import { showTicketList } from './ticket_list.js';

let who = null;
let leave = () => {};
let turn = 0;

function enrolmentToken() {
  const match = /^#\/enrol\/([A-Za-z0-9_.-]+)$/.exec(location.hash);
  if (match) return match[1];
  return location.pathname === '/enrol' ? new URLSearchParams(location.search).get('token') : null;
}

function entered(answer) {
  who = answer;
  if (enrolmentToken()) history.replaceState(null, '', '/#/tickets');
  document.getElementById('nav').hidden = false;
  startLive();
  route();
}

function left() {
  who = null;
  stopLive();
  document.getElementById('nav').hidden = true;
  leave();
  leave = () => {};
  setKeys({});
  showSignIn(entered);
}

async function route() {
  const token = enrolmentToken();
  if (token) {
    setKeys({});
    await showEnrolment(token, entered);
    return;
  }
  if (!who) { left(); return; }
  const mine = ++turn;
  leave();
  leave = () => {};
  const [path, query = ''] = location.hash.replace(/^#/, '').split('?');
  const ticket = /^\/tickets\/(\d+)$/.exec(path);
  show(el('p', { class: 'wait' }, 'Loading…'));
  let done;
  if (ticket) done = await showTicket(ticket[1], who.user);
  else if (path === '/settings') done = await showSettings(who.user);
  else done = await showTicketList(new URLSearchParams(query));
  if (mine !== turn) done();
  else leave = done;
}

document.getElementById('sign-out').addEventListener('click', async () => {
  try { await api.signOut(); } catch (problem) { notice(problem.message); }
  left();
});
api.whenSignedOut(() => { if (who) { notice('You have been signed out.'); left(); } });
window.addEventListener('hashchange', route);

try {
  if (!enrolmentToken()) entered(await api.whoAmI());
  else await route();
} catch (problem) {
  if (problem.status === 401) left();
  else show(el('p', { class: 'empty' }, `Postern cannot be reached: ${problem.message}`));
}
