// What the checks of a message come to: may its sender be believed?
import type { Tone } from '@/kit/Badge';
import type { Verdicts } from '@/screens/desk/types';

export const toneOf = (result: string): Tone => {
  if (result === 'pass') return 'good';
  if (result === 'fail' || result === 'permerror') return 'bad';
  return result === 'softfail' || result === 'policy' || result === 'temperror' ? 'warn' : 'plain';
};

export const bestDkim = (signatures: Verdicts['dkim']) =>
  (signatures.length === 0 ? 'none' : signatures.some((each) => each.result === 'pass') ? 'pass' : signatures[0]!.result);

export type Proof = 'proven' | 'refuted' | 'unproven';

// DMARC says whether the name that people see in From was proven; without it, an SPF or DKIM that passed proves another name.
export function proofOf(verdicts: Verdicts): Proof {
  if (verdicts.dmarc.result === 'pass' || (verdicts.arc.is_trusted && verdicts.arc.sealed_dmarc === 'pass')) return 'proven';
  if (verdicts.dmarc.result === 'fail') return 'refuted';
  return 'unproven';
}
