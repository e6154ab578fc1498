// How well the desk is guarded: a score, and for each check what it is for, how it is, and what to do.
import * as api from './api.js';
import { el, notice } from './dom.js';

const kMarks = { good: 'good', warning: 'warn', bad: 'bad', unknown: '' };
const kWords = { good: 'good', warning: 'could be better', bad: 'to do', unknown: 'not known' };
const kOrder = ['bad', 'warning', 'unknown', 'good'];

function checkRow(check) {
  const act = check.fix ? el('span', {}, check.fix, check.page ? [' ', el('a', { href: check.page }, 'Go there')] : null) : null;
  return el('tr', {},
    el('td', {}, el('span', { class: `badge ${kMarks[check.state]}` }, kWords[check.state])),
    el('th', { scope: 'row' }, check.title, el('div', { class: 'hint' }, check.why)),
    el('td', {}, check.found, act ? el('div', { class: 'fix' }, act) : null));
}

export async function showChecklist(stage) {
  const box = el('section', { class: 'card', 'aria-label': 'Checks' }, el('p', { class: 'wait' }, 'Looking …'));
  const score = el('p', { role: 'status' });
  const load = async () => {
    try {
      const found = await api.securityChecklist();
      const toDo = found.checks.filter((each) => each.state === 'bad').length;
      score.replaceChildren(el('meter', { min: '0', max: '100', low: '60', high: '85', optimum: '100', value: String(found.score), 'aria-label': 'Score' }),
        ` ${found.score} of 100`, toDo > 0 ? `, ${toDo} to do` : '');
      const checks = [...found.checks].sort((a, b) => kOrder.indexOf(a.state) - kOrder.indexOf(b.state) || b.weight - a.weight);
      box.replaceChildren(el('table', { class: 'checks' }, el('tbody', {}, checks.map(checkRow))));
    } catch (problem) { if (problem.status !== 401) notice(problem.words || problem.message); }
  };
  stage.show(el('h1', {}, 'Security checklist'), score,
    el('p', {}, el('button', { type: 'button', class: 'quiet', onclick: load }, 'Look again'), ' ', el('a', { href: '#/support-access' }, 'Support access')), box);
  await load();
  return () => {};
}
