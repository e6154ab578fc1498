// What is demanded of passwords, and from which networks people come in.
import * as api from './api.js';
import { el, notice } from './dom.js';
import { signOutCard, wipeCard } from './workspace.js';

const guard = (work) => work().catch((problem) => { if (problem.status !== 401) notice(problem.words || problem.message); });

const kLevels = {
  recommended: 'Recommended: at least 12 characters, none of the common or leaked ones',
  low: 'Low: at least 5 characters',
  medium: 'Medium: at least 6, with digit, small and capital letter and another character',
  high: 'High: like medium, for 90 days, none of the last five',
  custom: 'Custom',
};
const kNumbers = [['length_min', 'Characters at least'], ['history', 'Earlier passwords refused'], ['expiry_days', 'Days until it expires (0: never)'],
  ['failures_max', 'Failures before a lock (0: as configured)'], ['run_max', 'Letters or digits in a row (0: any)']];
const kSwitches = [['needs_digit', 'a digit'], ['needs_mixed_case', 'small and capital letters'], ['needs_special', 'another character']];

function audienceForm(audience, title, policy, save) {
  const levels = Object.keys(kLevels).filter((level) => audience !== 'agents' || level !== 'low');
  const level = el('select', { id: `level-${audience}` },
    levels.map((name) => el('option', { value: name, selected: name === policy.level }, kLevels[name])));
  const numbers = kNumbers.map(([name, words]) => ({ name,
    words, box: el('input', { id: `${audience}-${name}`, type: 'number', min: '0', value: String(policy[name]) }) }));
  const switches = kSwitches.map(([name, words]) => ({ name, words, box: el('input', { type: 'checkbox', checked: policy[name] }) }));
  const own = el('div', {}, numbers.flatMap((each) => [el('label', { for: `${audience}-${each.name}` }, each.words), each.box]),
    switches.map((each) => el('label', { class: 'line' }, each.box, ` needs ${each.words}`)));
  const show = () => { own.hidden = level.value !== 'custom'; };
  level.addEventListener('change', show);
  show();
  const shorter = el('input', { type: 'checkbox' });
  const form = el('form', { class: 'card' }, el('h2', {}, title), el('label', { for: `level-${audience}` }, 'Level'), level, own,
    el('label', { class: 'line' }, shorter, ' even if that lets shorter passwords in'),
    el('button', { type: 'submit' }, 'Save'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    guard(async () => {
      const change = { level: level.value };
      if (level.value === 'custom') {
        for (const each of numbers) change[each.name] = Number(each.box.value);
        for (const each of switches) change[each.name] = each.box.checked;
      }
      await save({ [audience]: change, confirm_weaker: shorter.checked });
      shorter.checked = false;
      notice('Saved. Weaker passwords have five days, then the next sign-in asks for another one.');
    });
  });
  return form;
}

function networkForm(rules, address) {
  const allowed = el('textarea', { id: 'allowed', rows: '5' }, rules.allowed.join('\n'));
  const everybody = el('input', { type: 'checkbox', checked: rules.end_users_too });
  const confirm = el('input', { type: 'checkbox' });
  const form = el('form', { class: 'card' }, el('h2', {}, 'Networks'),
    el('p', {}, `You come from ${address}. An empty list lets people in from everywhere.`),
    el('label', { for: 'allowed' }, 'Addresses and ranges that may come in, one a line'), allowed,
    el('label', { class: 'line' }, everybody, ' also for end users'),
    el('label', { class: 'line' }, confirm, ' even if that shuts me out'),
    el('button', { type: 'submit' }, 'Save'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    guard(async () => {
      const ranges = allowed.value.split(/\s+/).filter((each) => each);
      const saved = await api.setNetworkRules({ allowed: ranges, end_users_too: everybody.checked, confirm_lockout: confirm.checked });
      allowed.value = saved.network_rules.allowed.join('\n');
      confirm.checked = false;
      notice('Saved.');
    });
  });
  return form;
}

export async function showPolicies(stage, who) {
  const [passwords, networks, places] = await Promise.all([api.passwordPolicies(), api.networkRules(), api.inboxes()]);
  stage.show(el('h1', {}, 'Passwords, networks and the workspace'),
    audienceForm('agents', 'Passwords of agents and admins', passwords.agents, api.setPasswordPolicies),
    audienceForm('end_users', 'Passwords of end users', passwords.end_users, api.setPasswordPolicies),
    networkForm(networks.network_rules, networks.your_address), signOutCard(), ...(who.user.is_owner ? [wipeCard(places.workspace)] : []));
  return () => {};
}
