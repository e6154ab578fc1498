// The page: who is signed in, and which view the address asks for.
import * as api from './api.js';
import { showAudit, showContactLink } from './audit.js';
import { showChecklist } from './checklist.js';
import { el, notice, show } from './dom.js';
import { setKeys } from './keys.js';
import { startLive, stopLive } from './live.js';
import { showEnrolment, showSignIn } from './sign_in.js';
import { proveAgain } from './security_proof.js';
import { showPeople } from './people.js';
import { showPolicies } from './policies.js';
import { showMustEnrol } from './security_settings.js';
import { showSettings } from './settings.js';
import { showSuspended, watchSuspendedCount } from './suspended.js';
import { showSupportAccess, watchSupport } from './support_access.js';
import { showTicket } from './ticket_view.js';
import { showTicketList } from './ticket_list.js';

let who = null;
let leave = () => {};
let stopCount = () => {};
let stopSupport = () => {};
let turn = 0;

function enrolmentToken() {
  const match = /^#\/enrol\/([A-Za-z0-9_.-]+)$/.exec(location.hash);
  if (match) return match[1];
  return location.pathname === '/enrol' ? new URLSearchParams(location.search).get('token') : null;
}

// The link that a security contact was mailed; its reader need not have an account.
function contactToken() {
  const match = /^#\/security-contact\/([A-Za-z0-9_-]+)$/.exec(location.hash);
  return match ? match[1] : null;
}

// Ends the view that is shown and gives the page to the next one. What an earlier view still waits for comes too late:
// its stage no longer shows anything, so that nobody reads one ticket under the address of another, or after signing out.
function nextStage() {
  const mine = ++turn;
  leave();
  leave = () => {};
  setKeys({});
  document.title = 'Postern';
  const isCurrent = () => mine === turn;
  return {
    isCurrent,
    show: (...nodes) => { if (isCurrent()) show(...nodes); },
    keys: (map) => { if (isCurrent()) setKeys(map); },
    title: (text) => { if (isCurrent()) document.title = text; },
  };
}

function entered(answer) {
  who = answer;
  if (enrolmentToken()) history.replaceState(null, '', '/#/tickets');
  document.getElementById('nav').hidden = false;
  document.getElementById('audit-link').hidden = !who.permissions.includes('audit:read');
  document.getElementById('security-link').hidden = !who.permissions.includes('security:manage');
  api.forget();
  stopLive();  // an earlier one's
  stopCount();
  stopSupport();
  const waits = who.session && who.session.must_enrol;  // everything else would be refused
  if (!waits) startLive();
  stopSupport = !waits && who.permissions.includes('tickets:read') ? watchSupport() : () => {};
  stopCount = waits ? () => {} : watchSuspendedCount();
  route();
}

function left() {
  nextStage();
  who = null;
  stopLive();
  stopCount();
  stopCount = () => {};
  stopSupport();
  stopSupport = () => {};
  api.forget();
  api.setCsrfToken('');
  document.getElementById('nav').hidden = true;
  document.getElementById('support-banner').hidden = true;
  showSignIn(entered);
}

function markPlace(path) {
  for (const link of document.querySelectorAll('#nav a')) {
    const isHere = path.startsWith(link.getAttribute('href').slice(1));
    if (isHere) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

async function route() {
  const stage = nextStage();
  const token = enrolmentToken();
  if (token) {
    await showEnrolment(stage, token, entered);
    return;
  }
  if (contactToken()) { showContactLink(stage, contactToken()); return; }
  if (!who) { left(); return; }
  const [path, query = ''] = location.hash.replace(/^#/, '').split('?');
  const ticket = /^\/tickets\/(\d+)$/.exec(path);
  markPlace(path || '/tickets');
  stage.show(el('p', { class: 'wait' }, 'Loading…'));
  let done;
  if (who.session && who.session.must_enrol) done = await showMustEnrol(stage, async () => entered(await api.whoAmI()));
  else if (ticket) done = await showTicket(stage, ticket[1], { ...who.user, permissions: who.permissions });
  else if (path === '/settings') done = await showSettings(stage, { ...who.user, permissions: who.permissions });
  else if (path === '/people') done = await showPeople(stage, who);
  else if (path === '/policies') done = await showPolicies(stage, who);
  else if (path === '/audit') done = await showAudit(stage, new URLSearchParams(query));
  else if (path === '/security') done = await showChecklist(stage);
  else if (path === '/support-access') done = await showSupportAccess(stage, who);
  else if (path === '/suspended') done = await showSuspended(stage);
  else done = await showTicketList(stage, new URLSearchParams(query));
  if (stage.isCurrent()) leave = done;
  else done();
}

document.getElementById('sign-out').addEventListener('click', async () => {
  try { await api.signOut(); } catch (problem) { notice(problem.message); }
  left();
});
api.whenStale(proveAgain);
api.whenSignedOut(() => { if (who) { notice('You have been signed out.'); left(); } });
window.addEventListener('hashchange', route);

try {
  if (!enrolmentToken()) entered(await api.whoAmI());
  else await route();
} catch (problem) {
  if (problem.status === 401 && contactToken()) await route();
  else if (problem.status === 401) left();
  else show(el('p', { class: 'empty' }, `Postern cannot be reached: ${problem.message}`));
}
