// The end of the workspace, for its owners.
import * as api from './api.js';
import { el, notice } from './dom.js';

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
