// People, their roles, and everybody's API tokens, for those who manage them.
import * as api from './api.js';
import { el, notice, time } from './dom.js';

const say = (problem) => { if (problem.status !== 401) notice(problem.words || problem.message); };
const guard = (work) => work().catch(say);

function button(text, work) {
  return el('button', { type: 'button', class: 'quiet', onclick: () => guard(work) }, text);
}

function linkLine(path) {
  const link = `${location.origin}${path}`;
  return el('p', {}, 'A link that works once; give it to that person only: ', el('span', { class: 'secret' }, link));
}

// "agent", "admin", "owner", or the id of a role that goes with "agent".
function roleChoice(roles, user, change) {
  const now = user.custom_role_id ? String(user.custom_role_id) : user.is_owner ? 'owner' : user.role;
  const given = roles.filter((role) => role.name !== 'end-user').map((role) => {
    const value = role.built_in && !role.id ? role.name : String(role.id);
    return el('option', { value, selected: value === now }, role.name);
  });
  const box = el('select', { 'aria-label': `Role of ${user.email}` }, given);
  box.addEventListener('change', () => guard(async () => {
    const isBuiltIn = ['agent', 'admin', 'owner'].includes(box.value);
    try {
      await change(isBuiltIn ? { role: box.value } : { role: 'agent', custom_role_id: box.value });
    } catch (problem) {
      box.value = now;
      throw problem;
    }
  }));
  return box;
}

function roleForm(permissions, save) {
  const name = el('input', { id: 'role-name', required: true, maxlength: '200' });
  const boxes = permissions.map((each) => {
    const box = el('input', { type: 'checkbox', value: each.name });
    return { box, line: el('label', { class: 'line' }, box, ` ${each.description}`) };
  });
  const form = el('form', {}, el('label', { for: 'role-name' }, 'Name of a new role'), name,
    el('div', {}, boxes.map((each) => each.line)), el('button', { type: 'submit' }, 'Define the role'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    guard(async () => {
      await save({ name: name.value, permissions: boxes.filter((each) => each.box.checked).map((each) => each.box.value) });
      form.reset();
    });
  });
  return form;
}

export async function showPeople(stage, who) {
  const may = (permission) => who.permissions.includes(permission);
  const people = el('tbody', {});
  const roleRows = el('tbody', {});
  const tokens = el('tbody', {});
  const secret = el('div', { role: 'status' });
  const parts = [];

  async function load() {
    const [users, all] = await Promise.all([api.allAgents(), api.customRoles()]);
    people.replaceChildren(...users.map((user) => el('tr', {},
      el('td', {}, user.name), el('td', {}, user.email), el('td', {}, user.active ? '' : 'suspended'),
      el('td', {}, may('roles:manage') && String(user.id) !== String(who.user.id)
        ? roleChoice(all.custom_roles, user, async (change) => { await api.setRole(user.id, change); await load(); })
        : user.is_owner ? 'owner' : user.role),
      el('td', {}, may('users:manage') ? [
        button('Unlock', async () => { await api.unlockUser(user.id); notice('The locks of this login have ended.'); }), ' ',
        button('Password link', async () => { secret.replaceChildren(linkLine((await api.passwordLink(user.id)).path)); }),
      ] : null))));
    roleRows.replaceChildren(...all.custom_roles.map((role) => el('tr', {},
      el('td', {}, role.name), el('td', {}, role.permissions.join(', ') || 'nothing'),
      el('td', {}, !role.built_in && may('roles:manage')
        ? button('Remove', async () => { await api.removeRole(role.id); await load(); }) : null))));
    if (may('tokens:oversee')) {
      const emails = new Map(users.map((user) => [String(user.id), user.email]));
      tokens.replaceChildren(...(await api.allTokens()).map((token) => el('tr', {},
        el('td', {}, emails.get(String(token.user_id)) || String(token.user_id)), el('td', {}, token.description),
        el('td', {}, token.scopes ? token.scopes.join(', ') || 'nothing' : 'whatever its owner may'),
        el('td', {}, token.networks.join(', ') || 'from everywhere'),
        el('td', {}, token.last_used_at ? [time(token.last_used_at), ` from ${token.last_used_ip || 'unknown'}`] : 'never used'),
        el('td', {}, button('Revoke', async () => { await api.revokeToken(token.id); await load(); })))));
    }
    return all.permissions;
  }

  const permissions = await load();
  parts.push(el('section', { class: 'card' }, el('h2', {}, 'People'), secret, el('table', {}, people)));
  parts.push(el('section', { class: 'card' }, el('h2', {}, 'Roles'), el('table', {}, roleRows),
    may('roles:manage') ? roleForm(permissions, async (role) => { await api.makeRole(role); await load(); }) : null));
  if (may('tokens:oversee')) {
    parts.push(el('section', { class: 'card' }, el('h2', {}, 'Everybody\'s API tokens'), el('table', {}, tokens)));
  }
  stage.show(el('h1', {}, 'People and roles'), ...parts);
  return () => {};
}
