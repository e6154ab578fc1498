// Proving that it is you: the second step of signing in, and again before what makes ways in.
import * as api from './api.js';
import { el } from './dom.js';
import { askKey, canUseKeys } from './security_keys.js';

const words = {
  totp: { label: 'Code from your authenticator app', field: 'code', hint: 'Six digits.', mode: 'numeric' },
  recovery_code: { label: 'Recovery code', field: 'recovery_code', hint: 'One of the ten you kept. It works once.' },
  password: { label: 'Your password', field: 'password', hint: 'You have no second factor yet.', type: 'password' },
};

// A form for one of `methods`. `send(answer)` gives what it returns to `done`; `challenge()` asks the server for a key's one.
export function proofForm({ title, intro, methods, remembers, send, challenge, done, cancel }) {
  const error = el('p', { class: 'error', role: 'alert' });
  const place = el('div', {});
  const remember = remembers ? el('input', { type: 'checkbox', id: 'remember-device' }) : null;
  const node = el('form', { class: 'card narrow', novalidate: true }, el('h1', {}, title), intro ? el('p', {}, intro) : null, error, place,
    remember ? el('p', {}, el('label', { class: 'inline' }, remember, ' Do not ask on this device for 30 days')) : null);

  async function answer(make) {
    error.textContent = '';
    try {
      const given = await make();
      if (remember) given.remember_device = remember.checked;
      done(await send(given));
    } catch (problem) {
      if (problem.status === 401) error.textContent = 'That is not right, or it took too long. Try again, or start anew.';
      else if (problem.status === 429) error.textContent = 'Too many attempts. Use another factor, or try again later.';
      else error.textContent = problem.words || problem.message;
    }
  }

  function choose(method) {
    const others = methods.filter((each) => each !== method && (each !== 'security_key' || canUseKeys()));
    const switches = others.map((each) => el('button', { type: 'button', class: 'quiet', onclick: () => choose(each) },
      each === 'security_key' ? 'Use a security key' : `Use: ${words[each].label.toLowerCase()}`));
    if (method === 'security_key') {
      const useKey = () => answer(async () => ({ credential: await askKey(await challenge()) }));
      place.replaceChildren(el('p', {}, 'Touch your security key when it blinks.'),
        el('button', { type: 'button', onclick: useKey }, 'Use the security key'), ...switches);
      node.onsubmit = (event) => { event.preventDefault(); useKey(); };
      return;
    }
    const { label, field, hint, mode, type = 'text' } = words[method];
    const input = el('input', { id: 'proof', type, inputmode: mode || null, required: true,
      autocomplete: method === 'totp' ? 'one-time-code' : type === 'password' ? 'current-password' : 'off' });
    place.replaceChildren(el('label', { for: 'proof' }, label), input, el('p', { class: 'hint' }, hint),
      el('button', { type: 'submit' }, 'Continue'), ...switches);
    node.onsubmit = (event) => { event.preventDefault(); answer(async () => ({ [field]: input.value })); };
    input.focus();
  }

  if (cancel) node.append(el('button', { type: 'button', class: 'quiet', onclick: cancel }, 'Cancel'));
  const first = methods.find((each) => each !== 'security_key' || canUseKeys());
  queueMicrotask(() => choose(first));
  return node;
}

// Asks in a dialog, in front of whatever wanted to be done; true when it was proved.
export async function proveAgain() {
  const state = await api.twoFactor();
  const methods = [];
  if (state.totp.enabled) methods.push('totp');
  if (state.passkeys.length > 0) methods.push('security_key');
  if (state.recovery_codes.left > 0) methods.push('recovery_code');
  if (methods.length === 0) methods.push('password');
  return new Promise((resolve) => {
    const dialog = el('dialog', { 'aria-label': 'Confirm that it is you' });
    const close = (proved) => { dialog.remove(); resolve(proved); };
    dialog.addEventListener('cancel', () => close(false));
    dialog.append(proofForm({ title: 'Confirm that it is you', intro: 'This changes who gets in.', methods,
      send: api.prove, challenge: api.proofChallenge, done: () => close(true), cancel: () => close(false) }));
    document.body.append(dialog);
    dialog.showModal();
  });
}
