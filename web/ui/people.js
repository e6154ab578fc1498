// People, their roles, and everybody's API tokens, for those who manage them.
import * as api from './api.js';
import { el, notice, time } from './dom.js';

const say = (problem) => { if (problem.status !== 401) notice(problem.words || problem.message); };
const guard = (work) => work().catch(say);

function button(text, work) {
  return el('button', { type: 'button', class: 'quiet', onclick: () => guard(work) }, text);
}

// An owner is an admin to programs made for other desks; people are told what he is.
export function roleWord(user) {
  if (user.is_owner) return 'owner';
  if (String(user.custom_role_id) === '1') return 'light agent';
  return user.custom_role_id ? 'agent with a role of its own' : user.role;
}

function inboxWords(user, inboxes) {
  if (!user.inbox_ids) return 'all inboxes';
  if (user.inbox_ids.length === 0) return 'no inbox';
  const names = new Map(inboxes.map((each) => [String(each.id), each.address]));
  return user.inbox_ids.map((id) => names.get(String(id)) || String(id)).join(', ');
}

// In which inboxes an agent works: all of them, or those that are ticked.
function inboxForm(user, inboxes, save, close) {
  const isAll = el('input', { type: 'checkbox', checked: !user.inbox_ids });
  const chosen = new Set((user.inbox_ids || []).map(String));
  const boxes = inboxes.map((each) => ({ id: each.id, box: el('input', { type: 'checkbox', checked: chosen.has(String(each.id)) }), each }));
  const some = el('fieldset', { disabled: isAll.checked }, el('legend', {}, 'Only these'),
    boxes.map(({ box, each }) => el('label', { class: 'line' }, box, each.name ? ` ${each.name} (${each.address})` : ` ${each.address}`)));
  isAll.addEventListener('change', () => { some.disabled = isAll.checked; });
  const form = el('form', { class: 'claim' }, el('h3', {}, `Inboxes of ${user.email}`),
    el('label', { class: 'line' }, isAll, ' All inboxes, also those to come'), some,
    el('div', { class: 'row' }, el('button', { type: 'submit' }, 'Save'), el('button', { type: 'button', class: 'quiet', onclick: close }, 'Cancel')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    guard(() => save(isAll.checked ? null : boxes.filter((each) => each.box.checked).map((each) => each.id)));
  });
  return form;
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
    el('fieldset', {}, el('legend', {}, 'Whoever has it may'), boxes.map((each) => each.line)), el('button', { type: 'submit' }, 'Define the role'));
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
  const head = (...words) => el('thead', {}, el('tr', {}, words.map((word) => el('th', { scope: 'col' }, word))));
  const parts = [];

  async function load() {
    const [users, all, places] = await Promise.all([api.allAgents(), api.customRoles(), api.inboxes()]);
    const isOther = (user) => String(user.id) !== String(who.user.id);
    const chooseInboxes = (user) => secret.replaceChildren(inboxForm(user, places.inboxes, async (ids) => {
      await api.setInboxes(user.id, ids);
      secret.replaceChildren();
      await load();
    }, () => secret.replaceChildren()));
    people.replaceChildren(...users.map((user) => el('tr', {},
      el('td', {}, user.name), el('td', {}, user.email), el('td', {}, user.active ? '' : 'suspended'),
      el('td', {}, may('roles:manage') && isOther(user)
        ? roleChoice(all.custom_roles, user, async (change) => { await api.setRole(user.id, change); await load(); })
        : roleWord(user)),
      el('td', {}, inboxWords(user, places.inboxes), ' ', may('roles:manage') && isOther(user) && user.role === 'agent'
        ? button('Change', async () => chooseInboxes(user)) : null),
      el('td', {}, may('users:manage') ? [
        button('Unlock', async () => { await api.unlockUser(user.id); notice('The locks of this login have ended.'); }), ' ',
        button('Password link', async () => { secret.replaceChildren(linkLine((await api.passwordLink(user.id)).path)); }), ' ',
        isOther(user) ? button('End sessions', async () => { await api.endSessionsOf(user.id); notice('All sessions of this person have ended.'); }) : null,
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
  parts.push(el('section', { class: 'card' }, el('h2', {}, 'People'), secret,
    el('div', { class: 'wide' }, el('table', {}, head('Name', 'Address', 'State', 'Role', 'Inboxes', ''), people))));
  parts.push(el('section', { class: 'card' }, el('h2', {}, 'Roles'), el('div', { class: 'wide' }, el('table', {}, head('Role', 'May', ''), roleRows)),
    may('roles:manage') ? roleForm(permissions, async (role) => { await api.makeRole(role); await load(); }) : null));
  if (may('tokens:oversee')) {
    parts.push(el('section', { class: 'card' }, el('h2', {}, 'Everybody\'s API tokens'), el('div', { class: 'wide' },
      el('table', {}, head('Owner', 'What for', 'May', 'From', 'Last use', ''), tokens))));
  }
  stage.show(el('h1', {}, 'People and roles'), ...parts);
  return () => {};
}
