// "This was no secret": an agent calls a redaction wrong, or takes that back. What was hidden stays hidden; the operator of
// the rules sees the marks and makes the rule better.
import * as api from './api.js';
import { el, notice } from './dom.js';
import { redactionWords } from './verdicts.js';

// What people removed, and files that could not be cleaned, are nobody's finding.
const isFinding = (each) => each.rule !== 'manual' && each.rule !== 'replaced' && each.rule !== 'other_workspace';
const keyOf = (each) => [each.rule, each.part, each.where].join('\n');

// `mayMark`: agents who may write. Null where there is nothing to call wrong.
export function feedbackNode(ticket, comment, mayMark) {
  const findings = comment.redactions.filter(isFinding);
  if (!mayMark || findings.length === 0) return null;
  const list = el('ul', { class: 'files', hidden: true });
  const open = el('button', { type: 'button', class: 'quiet', 'aria-expanded': 'false', onclick: toggle }, 'Was something hidden that is no secret?');
  const tell = (problem) => { if (problem.status !== 401) notice(problem.words || problem.message); };

  function row(finding, isMarked) {
    const act = async () => {
      button.disabled = true;
      try {
        if (isMarked) await api.withdrawMark(ticket, comment.id, finding);
        else await api.markWrong(ticket, comment.id, finding);
        notice(isMarked ? 'Taken back.' : 'Noted: whoever looks after the rules will see it. The text stays hidden.');
        const next = row(finding, !isMarked);
        node.replaceWith(next);
        next.querySelector('button').focus();
      } catch (problem) { button.disabled = false; tell(problem); }
    };
    const button = el('button', { type: 'button', class: 'quiet', 'aria-pressed': String(isMarked), onclick: act },
      isMarked ? 'Take that back' : 'This was no secret');
    const node = el('li', {}, `${redactionWords(finding)} `, isMarked ? el('span', { class: 'badge warn' }, 'called wrong') : null, button);
    return node;
  }

  async function toggle() {
    if (list.hidden) {
      try {
        const marked = new Set((await api.marksOf(ticket, comment.id)).map(keyOf));
        list.replaceChildren(...findings.map((each) => row(each, marked.has(keyOf(each)))));
      } catch (problem) { tell(problem); return; }
    }
    list.hidden = !list.hidden;
    open.setAttribute('aria-expanded', String(!list.hidden));
  }
  return el('div', {}, open, list);
}
