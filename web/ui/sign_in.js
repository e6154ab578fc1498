// Signing in, and setting a password with a one-time link.
import * as api from './api.js';
import { el, notice, show } from './dom.js';
import { askKey, canUseKeys } from './security_keys.js';
import { proofForm } from './security_proof.js';

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

// A password that has to be replaced is replaced by a link that is given instead of the session.
async function orReplace(step) {
  try {
    return await step;
  } catch (problem) {
    const due = problem.body && problem.body.password_change;
    if (!due) throw problem;
    notice(problem.words);
    location.hash = due.path.slice(1);
    return null;
  }
}

// The second step, where one is asked for.
function goOn(answer, done, present) {
  if (!answer) return;
  if (!answer.sign_in) { done(answer); return; }
  const { token, methods, may_remember_device: remembers } = answer.sign_in;
  present(proofForm({ title: 'Second step', methods, remembers, challenge: () => api.signInChallenge(token),
    send: (proof) => orReplace(api.answerSignIn({ token, ...proof })), done: (next) => { if (next) done(next); }, cancel: () => location.reload() }));
}

export function showSignIn(done) {
  const email = el('input', { id: 'email', type: 'email', autocomplete: 'username', required: true });
  const password = el('input', { id: 'password', type: 'password', autocomplete: 'current-password', required: true });
  const entrance = form('Sign in', [
    el('label', { for: 'email' }, 'Email'), email,
    el('label', { for: 'password' }, 'Password'), password,
  ], 'Sign in', async () => {
    try {
      goOn(await orReplace(api.signIn(email.value, password.value)), done, show);
    } catch (problem) {
      if (problem.status === 401) throw new Error('The email or the password is wrong, or the account is locked for now.');
      if (problem.status === 429) throw new Error('Too many attempts. Try again in a few minutes.');
      throw problem;
    }
  });
  entrance.append(el('button', { type: 'button', class: 'quiet', onclick: () => showForgotten(done, email.value) }, 'Forgot the password?'));
  if (canUseKeys()) {
    const error = entrance.querySelector('.error');
    entrance.append(el('button', { type: 'button', class: 'quiet', onclick: async () => {
      error.textContent = '';
      try {
        done(await api.signInWithPasskey(await askKey(await api.signInChallenge())));
      } catch (problem) {
        error.textContent = problem.status === 401 ? 'This passkey is not known here.' : problem.words || problem.message;
      }
    } }, 'Use a passkey'));
  }
  show(entrance);
  email.focus();
}

function showForgotten(done, address) {
  const email = el('input', { id: 'forgotten', type: 'email', autocomplete: 'username', required: true, value: address });
  const entrance = form('Forgot the password?', [el('label', { for: 'forgotten' }, 'Email'), email], 'Send me a link', async () => {
    notice((await api.askPasswordLink(email.value)).description);
    showSignIn(done);
  });
  entrance.append(el('button', { type: 'button', class: 'quiet', onclick: () => showSignIn(done) }, 'Back'));
  show(entrance);
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
  const first = el('input', { id: 'new', type: 'password', autocomplete: 'new-password', required: true });
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
    goOn(await api.enrol(token, first.value), done, stage.show);
  }));
  first.focus();
}
