// The end of all sessions, and the end of the workspace for its owners.
import * as api from './api.js';
import { el, notice } from './dom.js';

export function signOutCard() {
  const button = el('button', { type: 'button', id: 'sign-everybody-out', class: 'quiet danger' }, 'Sign everybody out');
  button.addEventListener('click', async () => {
    if (!window.confirm('Everybody but you has to sign in again. Go on?')) return;
    try {
      const done = await api.signEverybodyOut();
      notice(`${done.signed_out} people were signed out${done.spared ? `, ${done.spared} above you were not` : ''}.`);
    } catch (problem) {
      if (problem.status !== 401) notice(problem.words || problem.message);
    }
  });
  return el('section', { class: 'card' }, el('h2', {}, 'After a break-in'),
    el('p', {}, 'Ends every session of everybody, in every browser, except this one. Tokens of programs stay: revoke them under People and roles.'), button);
}

export function wipeCard(name) {
  const typed = el('input', { id: 'wipe-name', autocomplete: 'off', required: true });
  const button = el('button', { type: 'submit', class: 'quiet danger', disabled: true }, 'End the workspace for good');
  typed.addEventListener('input', () => { button.disabled = typed.value.trim() !== name; });
  const form = el('form', { class: 'card', id: 'wipe' }, el('h2', {}, 'End this workspace'),
    el('p', {}, 'All tickets, files, people and settings of it become unreadable at once, for everybody, and are erased. '
      + 'There is no way back. Backups from before keep their copies.'),
    el('label', { for: 'wipe-name' }, `Type its name, ${name}, to confirm`), typed, button);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await api.wipeWorkspace(typed.value.trim());
      location.reload();
    } catch (problem) {
      if (problem.status !== 401) notice(problem.words || problem.message);
    }
  });
  return form;
}
