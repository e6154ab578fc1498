// One's own second factors and devices.
import * as api from './api.js';
import { el, notice, time } from './dom.js';
import { canUseKeys, createKey } from './security_keys.js';

const methodWords = { password: 'password', totp: 'authenticator app', security_key: 'security key', passkey: 'passkey',
  recovery_code: 'recovery code', trusted_device: 'remembered device', link: 'one-time link' };

// The server's drawing, made anew from its numbers: nothing here parses what somebody sent as a document.
function drawing(svg) {
  const space = 'http://www.w3.org/2000/svg';
  const node = document.createElementNS(space, 'svg');
  node.setAttribute('viewBox', /viewBox="([\d ]+)"/.exec(svg)[1]);
  node.setAttribute('class', 'qr');
  node.setAttribute('role', 'img');
  node.setAttribute('aria-label', 'QR code for your authenticator app');
  for (const found of svg.matchAll(/<path(?: fill="(#fff)")? d="([MhvzH\d. -]+)"/g)) {
    const path = document.createElementNS(space, 'path');
    path.setAttribute('d', found[2]);
    path.setAttribute('fill', found[1] || '#000');
    node.append(path);
  }
  return node;
}

export function recoveryCodes(codes) {
  const text = codes.join('\n');
  const file = el('a', { class: 'button', download: 'postern-recovery-codes.txt',
    href: `data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}` }, 'Save as a file');
  return el('div', { class: 'claim', role: 'status' }, el('h3', {}, 'Recovery codes'),
    el('p', {}, 'Keep them where you find them when your phone is gone. Each works once. They are not shown again.'),
    el('ul', { class: 'codes' }, codes.map((code) => el('li', {}, el('code', {}, code)))),
    el('p', {}, el('button', { type: 'button', class: 'quiet',
      onclick: async () => { await navigator.clipboard.writeText(text); notice('Copied.'); } }, 'Copy'), ' ', file));
}

export function factorSection(changed = () => {}) {
  const place = el('div', {});
  const news = el('div', {});
  const guard = (work) => work().catch((problem) => { if (problem.status !== 401) notice(problem.words || problem.message); });
  const button = (label, work, kind = 'quiet') => el('button', { type: 'button', class: kind, onclick: () => guard(work) }, label);

  async function added(answer) {
    news.replaceChildren(...(answer.recovery_codes.length > 0 ? [recoveryCodes(answer.recovery_codes)] : []));
    await load();
    changed();
  }

  async function addApp() {
    const offer = await api.offerTotp();
    const code = el('input', { id: 'totp-code', inputmode: 'numeric', autocomplete: 'one-time-code', required: true });
    const form = el('form', {}, el('h3', {}, 'Authenticator app'), el('p', {}, 'Scan this with the app, or type the secret:'), drawing(offer.qr_svg),
      el('p', { class: 'secret', id: 'totp-secret' }, offer.secret), el('label', { for: 'totp-code' }, 'The code that the app shows'), code, ' ',
      el('button', { type: 'submit' }, 'Confirm'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      guard(async () => added(await api.confirmTotp(code.value)));
    });
    news.replaceChildren(form);
    code.focus();
  }

  async function addKey() {
    const options = await api.offerPasskey();
    const credential = await createKey(options);
    const name = prompt('A name for this key', 'My key');
    await added(await api.addPasskey(name || 'My key', credential));
  }

  const appRow = (totp) => el('tr', {}, el('td', {}, 'Authenticator app'), el('td', {}, totp.enabled ? time(totp.since) : 'not set up'),
    el('td', {}, totp.enabled ? button('Remove the app', async () => { await api.removeTotp(); await load(); }) : button('Set up an app', addApp)));

  const keyRow = (key) => el('tr', {}, el('td', {}, `${key.passwordless ? 'Passkey' : 'Security key'} “${key.name}”`), el('td', {}, time(key.created_at)),
    el('td', {}, button('Rename', async () => {
      const name = prompt('A name for this key', key.name);
      if (name) { await api.renamePasskey(key.id, name); await load(); }
    }), ' ', button('Remove', async () => { await api.removePasskey(key.id); await load(); })));

  async function load() {
    const state = await api.twoFactor();
    const rows = [appRow(state.totp), ...state.passkeys.map(keyRow)];
    if (state.enabled) {
      rows.push(el('tr', {}, el('td', {}, 'Recovery codes'), el('td', {}, `${state.recovery_codes.left} left`),
        el('td', {}, button('Make new codes', async () => added(await api.newRecoveryCodes())))));
    }
    const demand = state.required && !state.enabled
      ? el('p', { class: 'claim' }, 'Your workspace asks for a second factor by ', time(state.required_by), '.') : null;
    place.replaceChildren(...[demand, el('table', {}, el('tbody', {}, rows)),
      el('p', {}, canUseKeys() ? button('Add a security key or passkey', addKey, '') : 'This browser offers no security keys here.')].filter(Boolean));
  }

  return { node: el('section', { class: 'card', id: 'two-factor' }, el('h2', {}, 'Second factors'), place, news), load: () => guard(load) };
}

export function deviceSection() {
  const rows = el('tbody', {});
  const guard = (work) => work().catch((problem) => { if (problem.status !== 401) notice(problem.words || problem.message); });
  async function load() {
    rows.replaceChildren(...(await api.myDevices()).map((each) => el('tr', {},
      el('td', {}, each.name, each.current ? ' (this one)' : ''), el('td', {}, each.ip_address), el('td', {}, time(each.last_used_at)),
      el('td', {}, each.methods.map((name) => methodWords[name] || name).join(', '), each.remembered_until ? ', remembered' : ''),
      el('td', {}, el('button', { type: 'button', class: 'quiet', onclick: () => guard(async () => {
        const name = prompt('A name for this device', each.name);
        if (name) { await api.renameDevice(each.id, name); await load(); }
      }) }, 'Rename'), ' ', el('button', { type: 'button', class: 'quiet',
        onclick: () => guard(async () => { await api.revokeDevice(each.id); await load(); }) }, 'Forget')))));
  }
  return { node: el('section', { class: 'card', id: 'devices' }, el('h2', {}, 'Devices'), el('table', {}, rows)), load: () => guard(load) };
}

// For those who may do nothing else until they have a factor.
export async function showMustEnrol(stage, done) {
  const section = factorSection();
  stage.show(el('h1', {}, 'Set up a second factor'),
    el('p', {}, 'Your workspace demands one, and the time for it is over. Everything else waits until you have it.'),
    section.node, el('p', {}, el('button', { type: 'button', onclick: done }, 'I have set it up')));
  await section.load();
  return () => {};
}
