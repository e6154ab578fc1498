// One's own sessions and API tokens.
import * as api from './api.js';
import { el, notice, time } from './dom.js';
import { roleWord } from './people.js';
import { policySection } from './security_policy.js';
import { deviceSection, factorSection } from './security_settings.js';

function passwordCard(me) {
  const old = el('input', { id: 'old-password', type: 'password', autocomplete: 'current-password', required: true });
  const next = el('input', { id: 'new-password', type: 'password', autocomplete: 'new-password', required: true });
  const card = el('form', { class: 'card' }, el('h2', {}, 'Password'), el('label', { for: 'old-password' }, 'Password now'), old,
    el('label', { for: 'new-password' }, 'New password'), next, el('button', { type: 'submit' }, 'Change the password'),
    el('p', {}, me.permissions.includes('users:read') ? el('a', { href: '#/people' }, 'People and roles') : null, ' ',
      me.permissions.includes('security:manage') ? el('a', { href: '#/policies' }, 'Passwords, networks and the workspace') : null));
  card.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await api.changePassword(old.value, next.value);
      card.reset();
      notice('The password is changed. Other sessions have ended.');
    } catch (problem) {
      if (problem.status !== 401) notice(problem.words || problem.message);
    }
  });
  return card;
}

export async function showSettings(stage, me) {
  const sessions = el('tbody', {});
  const tokens = el('tbody', {});
  const secret = el('div', { role: 'status' });
  const name = el('input', { id: 'token-name', required: true, maxlength: '200' });

  const factors = factorSection();
  const devices = deviceSection();
  const policy = (me.permissions || []).includes('security:manage') ? policySection() : null;

  const guard = (work) => work().catch((problem) => { if (problem.status !== 401) notice(problem.words || problem.message); });

  async function load() {
    const [open, made] = await Promise.all([api.mySessions(), api.myTokens()]);
    sessions.replaceChildren(...open.map((each) => el('tr', {},
      el('td', {}, each.user_agent || 'unknown browser'), el('td', {}, each.ip_address), el('td', {}, time(each.last_seen_at)),
      el('td', {}, each.current ? 'this one' : el('button', { type: 'button', class: 'quiet',
        onclick: () => guard(async () => { await api.endSession(each.id); await load(); }) }, 'End')))));
    tokens.replaceChildren(...made.map((each) => el('tr', {},
      el('td', {}, each.description), el('td', {}, time(each.created_at)),
      el('td', {}, each.last_used_at ? time(each.last_used_at) : 'never used'),
      el('td', {}, el('button', { type: 'button', class: 'quiet',
        onclick: () => guard(async () => { await api.revokeToken(each.id); await load(); }) }, 'Revoke')))));
  }

  const form = el('form', {}, el('label', { for: 'token-name' }, 'What the token is for'), name,
    el('button', { type: 'submit' }, 'Make a token'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    guard(async () => {
      const made = await api.makeToken(name.value);
      name.value = '';
      secret.replaceChildren(el('p', {}, 'Copy it now; it is not shown again:'), el('p', { class: 'secret' }, made.token));
      await load();
    });
  });
  stage.show(el('h1', {}, 'Account'), el('p', {}, `${me.name} · ${me.email} · ${roleWord(me)}`),
    passwordCard(me), factors.node, devices.node,
    el('section', { class: 'card' }, el('h2', {}, 'Where you are signed in'), el('table', {}, sessions)),
    el('section', { class: 'card' }, el('h2', {}, 'API tokens'), form, secret, el('table', {}, tokens)), ...(policy ? [policy.node] : []));
  await Promise.all([guard(load), factors.load(), devices.load(), ...(policy ? [policy.load()] : [])]);
  return () => {};
}
