// Signing in, and setting a password with a one-time link.
import * as api from './api.js';
import { el, show } from './dom.js';

function form(title, fields, buttonText, submit) {
  const error = el('p', { class: 'error', role: 'alert' });
  const button = el('button', { type: 'submit' }, buttonText);
  const node = el('form', { class: 'card narrow' }, el('h1', {}, title), error, fields, button);
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    error.textContent = '';
    button.disabled = true;
    try {
      await submit();
    } catch (problem) {
      error.textContent = problem.words || problem.message;
    } finally {
      button.disabled = false;
    }
  });
  return node;
}

export function showSignIn(done) {
  const email = el('input', { id: 'email', type: 'email', autocomplete: 'username', required: true });
  const password = el('input', { id: 'password', type: 'password', autocomplete: 'current-password', required: true });
  show(form('Sign in', [
    el('label', { for: 'email' }, 'Email'), email,
    el('label', { for: 'password' }, 'Password'), password,
  ], 'Sign in', async () => {
    try {
      done(await api.signIn(email.value, password.value));
    } catch (problem) {
      if (problem.status === 401) throw new Error('The email or the password is wrong, or the account is locked for now.');
      if (problem.status === 429) throw new Error('Too many attempts. Try again in a few minutes.');
      throw problem;
    }
  }));
  email.focus();
}

export async function showEnrolment(stage, token, done) {
  let whom;
  try {
    whom = await api.previewEnrolment(token);
  } catch (problem) {
    const words = problem.status === 401 || problem.status === 404
      ? 'This link has been used or is older than a day. Ask an administrator for a new one.' : problem.message;
    stage.show(el('div', { class: 'card narrow' }, el('h1', {}, 'Link not valid'), el('p', { class: 'error', role: 'alert' }, words)));
    return;
  }
  const first = el('input', { id: 'new', type: 'password', autocomplete: 'new-password', required: true, minlength: '12' });
  const again = el('input', { id: 'again', type: 'password', autocomplete: 'new-password', required: true });
  stage.show(form('Choose a password', [
    el('p', {}, `For ${whom.email}`),
    // Lets password managers file the new password under the right name.
    el('input', { type: 'email', autocomplete: 'username', value: whom.email, hidden: true }),
    el('label', { for: 'new' }, 'New password'), first,
    el('p', { class: 'hint' }, 'At least 12 characters; a few words are good.'),
    el('label', { for: 'again' }, 'The same again'), again,
  ], 'Set password', async () => {
    if (first.value !== again.value) throw new Error('The two passwords differ.');
    done(await api.enrol(token, first.value));
  }));
  first.focus();
}
