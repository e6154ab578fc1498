// Support access: who from outside is let in, until when, why and by whom; for those who manage people, letting somebody in.
import * as api from './api.js';
import { el, notice, time } from './dom.js';

const say = (problem) => { if (problem.status !== 401) notice(problem.words || problem.message); };
const kHours = [[1, '1 hour'], [4, '4 hours'], [8, '8 hours'], [24, '1 day'], [72, '3 days'], [168, '7 days']];

// A line above every page while somebody from outside is in.
export async function updateSupportBanner() {
  const banner = document.getElementById('support-banner');
  try {
    const active = (await api.supportAccess()).filter((each) => each.is_active);
    banner.hidden = active.length === 0;
    banner.replaceChildren(...(active.length === 0 ? [] : [
      `From outside, ${active.map((each) => each.email).join(', ')} ${active.length === 1 ? 'is' : 'are'} let in. `,
      el('a', { href: '#/support-access' }, 'Until when, and why')]));
  } catch { /* what was so a minute ago is the better answer */ }
}

// Kept true while somebody works: looked at again with what he does next, a minute later at the earliest. No clock asks: that
// would keep a session alive that nobody uses. The end of it is returned.
export function watchSupport() {
  let isOver = false;
  let last = 0;
  const look = () => {
    if (isOver || document.hidden || Date.now() - last < 60_000) return;
    last = Date.now();
    updateSupportBanner().then(() => { if (isOver) document.getElementById('support-banner').hidden = true; });
  };
  const occasions = [[window, 'hashchange'], [document, 'visibilitychange'], [document, 'click']];
  for (const [where, what] of occasions) where.addEventListener(what, look);
  look();
  return () => {
    isOver = true;
    for (const [where, what] of occasions) where.removeEventListener(what, look);
  };
}

function grantRow(grant, canEnd, canRead, end) {
  const state = grant.is_active ? el('span', { class: 'badge warn' }, 'in') : el('span', { class: 'badge' }, 'over');
  return el('tr', {}, el('td', {}, state), el('th', { scope: 'row' }, grant.email, el('div', { class: 'hint' }, grant.role)), el('td', {}, grant.reason),
    el('td', {}, grant.granted_by_id ? `user ${grant.granted_by_id}` : 'operator', ', ', time(grant.granted_at)),
    el('td', {}, time(grant.is_active ? grant.until : grant.ended_at)),
    el('td', {}, canRead ? el('a', { href: `#/audit?actor_id=${grant.user_id}` }, 'What was done') : null, ' ',
      canEnd && grant.is_active ? el('button', { type: 'button', class: 'quiet danger', onclick: () => end(grant.id) }, 'End now') : null));
}

export async function showSupportAccess(stage, who) {
  const canManage = who.permissions.includes('users:manage');
  const rows = el('tbody', {});
  const said = el('div', { role: 'status' });
  const email = el('input', { id: 'support-email', type: 'email', required: true, maxlength: '254' });
  const name = el('input', { id: 'support-name', maxlength: '200' });
  const reason = el('input', { id: 'support-reason', required: true, minlength: '5', maxlength: '500', placeholder: 'Case 4711: …' });
  const role = el('select', { id: 'support-role' }, el('option', { value: 'light-agent' }, 'read, and write internal notes'),
    el('option', { value: 'agent' }, 'work on tickets as an agent'));
  const hours = el('select', { id: 'support-hours' }, kHours.map(([value, words]) => el('option', { value: String(value), selected: value === 4 }, words)));

  async function load() {
    const grants = await api.supportAccess();
    const end = (id) => api.endSupportAccess(id).then(() => { notice('They are out: their sessions and tokens are closed.'); return load(); }).catch(say);
    rows.replaceChildren(...(grants.length > 0 ? grants.map((each) => grantRow(each, canManage, who.permissions.includes('audit:read'), end))
      : [el('tr', {}, el('td', { colspan: '6' }, 'Nobody has been let in.'))]));
    await updateSupportBanner();
  }

  const form = el('form', { class: 'card', 'aria-label': 'Let somebody in' }, el('h2', {}, 'Let somebody in'),
    el('label', { for: 'support-email' }, 'Address'), email, el('label', { for: 'support-name' }, 'Name'), name,
    el('label', { for: 'support-reason' }, 'Reason, which everybody here can read'), reason,
    el('label', { for: 'support-role' }, 'May'), role, el('label', { for: 'support-hours' }, 'For'), hours,
    el('button', { type: 'submit' }, 'Let in'), said);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const made = await api.grantSupportAccess({ email: email.value.trim(), name: name.value.trim(), reason: reason.value, role: role.value, hours: Number(hours.value) });
      form.reset();
      notice(`Let in until ${new Date(made.support_access.until).toLocaleString()}.`);
      said.replaceChildren(el('p', {}, 'A link that works once; give it to that person only: ', el('span', { class: 'secret' }, `${location.origin}${made.enrolment.path}`)));
      await load();
    } catch (problem) { say(problem); }
  });
  const head = ['', 'Who', 'Why', 'Let in by', 'Until', ''];
  stage.show(el('h1', {}, 'Support access'),
    el('p', { class: 'hint' }, 'An account from outside that ends by itself. Whatever it does is marked in the audit log; it can let nobody in and make no tokens.'),
    el('section', { class: 'card' }, el('table', {}, el('thead', {}, el('tr', {}, head.map((each) => el('th', { scope: 'col' }, each)))), rows)),
    ...(canManage ? [form] : []));
  try { await load(); } catch (problem) { say(problem); }
  return () => {};
}
