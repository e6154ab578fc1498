// The records of a domain in the order in which one publishes them: first mail in, then mail out, then its protection.
import type { AdviceState, DnsRecord } from '../api';

export const kSteps = ['receive', 'send', 'policy', 'tls', 'proof'] as const;
export type Step = (typeof kSteps)[number];

const places: Record<string, Step> = {
  mx: 'receive', host: 'receive', ptr: 'receive', spf: 'send', dkim: 'send', dmarc: 'policy', dmarc_report: 'policy',
  mta_sts: 'tls', mta_sts_host: 'tls', tls_rpt: 'tls', tlsa: 'tls',
};

// A purpose that this page does not know yet stands with the last records rather than nowhere.
export const stepOf = (purpose: string): Step => places[purpose] ?? 'tls';
export const recordsOf = (records: DnsRecord[], step: Step) => records.filter((each) => stepOf(each.purpose) === step);

export interface Progress { right: number; total: number; wrong: number; better: number }

// Mail flows with what could be better.
const isNeeded = (record: DnsRecord) => record.required && record.state !== 'ok' && record.state !== 'warning';

export function progressOf(records: DnsRecord[]): Progress {
  const right = records.filter((each) => each.state === 'ok').length;
  const wrong = records.filter(isNeeded).length;
  const better = records.filter((each) => each.state === 'warning').length;
  return { right, total: records.length, wrong, better };
}

// The first step with something that mail needs, else with something that could be better, else the end.
export function firstStep(records: DnsRecord[]): Step {
  const with_ = (isWanted: (record: DnsRecord) => boolean) => kSteps.find((step) => recordsOf(records, step).some(isWanted));
  return with_(isNeeded) ?? with_((each) => each.state !== 'ok') ?? 'proof';
}

export const isStep = (word: string | null): word is Step => kSteps.some((each) => each === word);

export const toneOf = (state: AdviceState | null) =>
  state === 'ok' ? 'good' as const : state === 'warning' ? 'warn' as const : state === 'missing' || state === 'different' ? 'bad' as const : 'plain' as const;

export const zoneFile = (records: DnsRecord[]) => records.filter((each) => each.zone_text && each.state !== 'ok').map((each) => each.zone_text).join('\n');
