// What admins demand of sign-ins, and who does not meet it yet.
import * as api from './api.js';
import { el, notice, time } from './dom.js';

const choices = [['none', 'nobody'], ['admins', 'admins and owners'], ['everybody', 'everybody']];

export function policySection() {
  const required = el('select', { id: 'required-of' }, choices.map(([value, label]) => el('option', { value }, label)));
  const days = el('input', { id: 'grace-days', type: 'number', min: '0', max: '90', required: true });
  const trusts = el('input', { id: 'trusted-devices', type: 'checkbox' });
  const confirm = el('input', { type: 'checkbox' });
  const missing = el('div', { id: 'missing-factors' });
  const guard = (work) => work().catch((problem) => { if (problem.status !== 401) notice(problem.words || problem.message); });

  async function load() {
    const [policy, lacking] = await Promise.all([api.securityPolicy(), api.missingFactors()]);
    required.value = policy.second_factor.required_of;
    days.value = policy.second_factor.grace_days;
    trusts.checked = policy.second_factor.trusted_devices;
    missing.replaceChildren(...(lacking.length === 0 ? [el('p', { class: 'hint' }, 'Everybody of whom it is demanded has one.')]
      : [el('table', {}, el('tbody', {}, lacking.map((each) => el('tr', {}, el('td', {}, each.user.name || each.user.email), el('td', {}, each.user.email),
        el('td', {}, 'by ', time(each.required_by))))))]));
  }

  const form = el('form', {}, el('label', { for: 'required-of' }, 'A second factor is required of'), required,
    el('label', { for: 'grace-days' }, 'Days to set it up'), days,
    el('p', {}, el('label', { class: 'inline' }, trusts, ' People may have a device remembered for 30 days')),
    el('p', {}, el('label', { class: 'inline' }, confirm, ' Even if that shuts me out until I have one')),
    el('button', { type: 'submit' }, 'Save'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    guard(async () => {
      await api.setSecurityPolicy({ required_of: required.value, grace_days: Number(days.value), trusted_devices: trusts.checked }, confirm.checked);
      confirm.checked = false;
      notice('Saved.');
      await load();
    });
  });
  return { node: el('section', { class: 'card', id: 'security-policy' }, el('h2', {}, 'Sign-in policy of the workspace'), form,
    el('h3', {}, 'Still without'), missing), load: () => guard(load) };
}
