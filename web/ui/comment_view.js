// One message of a conversation.
import { bytes, el, time } from './dom.js';
import { feedbackNode } from './feedback.js';
import { markRedacted, redactionNode, verdictNodes } from './verdicts.js';

const kDelivery = { queued: 'waiting to be sent', delivered: 'delivered', deferred: 'delayed, will be tried again', failed: 'could not be delivered',
  none: 'mailed to nobody' };

// `redactor` (redact.js): of somebody who may remove things for good; null otherwise.
function attachmentNode(comment, file, redactor) {
  const name = file.file_name || 'attachment';
  return el('li', {}, el('a', { href: file.content_url, download: name }, name), ` ${bytes(file.size)}`,
    file.replaced ? el('span', { class: 'badge warn' }, file.file_name === 'redacted.txt' ? 'removed' : 'replaced: could not be redacted safely') : null,
    redactor ? redactor.fileButton(comment, file) : null);
}

// The sender's formatting in a frame that runs no script, loads nothing and has no origin: the server's own
// Content-Security-Policy for that address says so again.
function formatted(comment) {
  return el('iframe', {
    src: comment.html_url, sandbox: 'allow-popups allow-popups-to-escape-sandbox', referrerpolicy: 'no-referrer',
    loading: 'lazy', title: 'Formatted message',
  });
}

// `marks` (ticket, may it be marked): of the ticket that the comment belongs to.
export function commentNode(comment, people, me, redactor = null, marks = null) {
  const author = people.get(String(comment.author_id));
  const isMine = String(comment.author_id) === String(me.id);
  const text = el('pre', { class: 'text' }, markRedacted(comment.body || ''));
  const body = el('div', {}, text);
  const head = el('header', {},
    el('strong', {}, author ? author.name : 'System'),
    author && author.email !== author.name ? el('span', { class: 'hint' }, author.email) : null,
    comment.public ? null : el('span', { class: 'badge warn' }, 'Internal note'),
    time(comment.created_at));
  const foot = el('footer', {});
  if (comment.body_truncated) {
    foot.append(el('div', {}, 'This is only the beginning. ', el('a', { href: comment.text_url, target: '_blank', rel: 'noopener' }, 'The whole text')));
  }
  if (comment.html_url) {
    let frame = null;
    const toggle = el('button', { type: 'button', class: 'quiet', onclick: () => {
      frame ??= formatted(comment);
      const isPlain = body.firstChild === text;
      body.replaceChildren(isPlain ? frame : text);
      toggle.textContent = isPlain ? 'Show as text' : 'Show formatting';
    } }, 'Show formatting');
    foot.append(el('div', {}, toggle, ' ', el('span', { class: 'hint' }, 'Pictures from other servers stay blocked.')));
  }
  if (comment.verdicts) foot.append(...verdictNodes(comment.verdicts));
  const redactions = redactionNode(comment.redactions);
  if (redactions) foot.append(redactions);
  const feedback = marks && feedbackNode(marks.ticket, comment, marks.mayMark);
  if (feedback) foot.append(feedback);
  if (comment.attachments.length > 0) foot.append(el('ul', { class: 'files', 'aria-label': 'Attachments' }, comment.attachments.map((each) => attachmentNode(comment, each, redactor))));
  if (comment.delivery) {
    const tone = { delivered: 'good', failed: 'bad', none: 'bad' }[comment.delivery] || 'warn';
    foot.append(el('div', {}, el('span', { class: `badge ${tone}` }, kDelivery[comment.delivery] || comment.delivery)));
  }
  if (comment.raw_url) foot.append(el('div', {}, el('a', { href: comment.raw_url, download: '' }, 'Download the stored message (.eml)')));
  if (redactor) foot.append(el('div', {}, redactor.textButton(comment, text)));
  const kind = comment.public ? (isMine ? 'mine' : '') : 'internal';
  return el('article', { class: `comment ${kind}`, tabindex: '-1', 'data-id': String(comment.id) }, head, body,
    foot.childNodes.length > 0 ? foot : null);
}
