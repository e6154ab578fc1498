// What the gate found out about a message: one badge a method, and why.
import { el } from './dom.js';

function tone(result) {
  if (result === 'pass') return 'good';
  if (result === 'fail' || result === 'permerror') return 'bad';
  if (result === 'softfail' || result === 'policy' || result === 'temperror') return 'warn';
  return '';
}

const badge = (label, result) => el('span', { class: `badge ${tone(result)}` }, `${label} ${result}`);

function bestDkim(signatures) {
  if (signatures.length === 0) return 'none';
  return signatures.some((each) => each.result === 'pass') ? 'pass' : signatures[0].result;
}

function reasons(verdicts) {
  const rows = [];
  const add = (name, text) => rows.push(el('dt', {}, name), el('dd', {}, text));
  const join = (...parts) => parts.filter(Boolean).join(' · ');
  add('SPF', join(verdicts.spf.result, verdicts.spf.domain && `${verdicts.spf.identity}: ${verdicts.spf.domain}`,
    verdicts.spf.reason, verdicts.spf.explanation));
  for (const each of verdicts.dkim) {
    add('DKIM', join(each.result, each.domain && `${each.selector}._domainkey.${each.domain}`, each.algorithm,
      each.key_bits ? `${each.key_bits} bits` : '', each.reason));
  }
  if (verdicts.dkim.length === 0) add('DKIM', 'no signature');
  const dmarc = verdicts.dmarc;
  add('DMARC', join(dmarc.result, dmarc.domain, `policy ${dmarc.policy}`,
    dmarc.aligned_by.length ? `aligned by ${dmarc.aligned_by.join(' and ')}` : dmarc.reason || 'nothing aligned',
    dmarc.overridden_by && `not applied: ${dmarc.overridden_by.replaceAll('_', ' ')}`));
  const arc = verdicts.arc;
  if (arc.instances) {
    add('ARC', join(arc.result, `${arc.instances} ${arc.instances === 1 ? 'set' : 'sets'}`, arc.sealer && `sealed by ${arc.sealer}`,
      arc.is_trusted ? `trusted, which saw DMARC ${arc.sealed_dmarc}` : '', arc.reason));
  }
  add('Reverse DNS', join(verdicts.iprev.result, verdicts.iprev.name));
  for (const each of verdicts.dns_lists || []) add(each.is_allow ? 'Allow list' : 'Deny list', join(each.list, each.answer));
  add('Spam', join(`score ${verdicts.spam.score.toFixed(1)}`,
    verdicts.spam.symbols.map((each) => `${each.name} ${each.weight}`).join(', ')));
  if (verdicts.parse.degraded) add('Structure', `could not be trusted: ${verdicts.parse.defects.join(', ') || 'shown as text'}`);
  return el('details', {}, el('summary', {}, 'Why'), el('dl', {}, rows), dnsNode(verdicts.dns || []));
}

// What the checks asked DNS and were told: the proof behind the words above.
function dnsNode(steps) {
  if (steps.length === 0) return null;
  const rows = steps.flatMap((each) => [
    el('dt', {}, `${each.method} · ${each.type} ${each.name}`),
    el('dd', {}, [`${each.status}${each.is_secure ? ', DNSSEC' : ''}`, ...each.records].join('\n'))]);
  return el('details', { class: 'dns' }, el('summary', {}, 'DNS records used'), el('dl', {}, rows));
}

// `spamBadges` in place of the one that says that a message is suspected.
export function verdictNodes(verdicts, spamBadges = null) {
  const badges = el('div', { class: 'badges', 'aria-label': 'Sender authentication' },
    badge('SPF', verdicts.spf.result), badge('DKIM', bestDkim(verdicts.dkim)), badge('DMARC', verdicts.dmarc.result));
  if (verdicts.parse.degraded) badges.append(el('span', { class: 'badge warn' }, 'damaged message'));
  if (spamBadges) badges.prepend(...spamBadges);
  else if (verdicts.spam.action !== 'accept') badges.append(el('span', { class: 'badge bad' }, 'spam suspected'));
  return [badges, reasons(verdicts)];
}

export function redactionWords(each) {
  if (each.rule === 'replaced') return `a part that could not be cleaned was replaced, ${each.where}`;
  if (each.rule === 'manual') return `removed by a person, ${each.where} (${each.count} ${each.count === 1 ? 'place' : 'places'})`;
  const what = each.rule === 'other_workspace' ? 'by a rule of another recipient' : [each.brand, each.rule.replaceAll('_', ' ')].filter(Boolean).join(' ');
  return `${what}${each.count === 1 ? '' : ` (${each.count} times)`} in ${each.where}`;
}

export function redactionNode(redactions) {
  if (redactions.length === 0) return null;
  const words = redactions.map(redactionWords);
  return el('p', { class: 'hint' }, el('span', { class: 'badge warn' }, 'redacted'), ` ${words.join('; ')}`);
}

// Text with masked numbers marked, so that nobody takes the mask for the sender's own writing.
export function markRedacted(text) {
  return text.split(/(\d[\d .-]{0,12}(?:[\u2587\u2588]|\*{3,})[\u2587\u2588*\d .-]*\d|[\u2587\u2588]{2,})/).map((part, index) =>
    (index % 2 === 1 ? el('mark', { class: 'redacted', title: 'Removed for good' }, part) : part));
}
