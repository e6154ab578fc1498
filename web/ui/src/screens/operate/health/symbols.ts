// Signs of spam over many held mails: how often each was seen and what it added.
import type { HeldMail } from '../api';

export interface SymbolSum { name: string; mails: number; points: number }
export interface ScoreBin { from: number; count: number }

export function symbolSums(mails: HeldMail[]): SymbolSum[] {
  const sums = new Map<string, SymbolSum>();
  for (const mail of mails) {
    for (const symbol of mail.verdicts.spam.symbols) {
      const sum = sums.get(symbol.name) ?? { name: symbol.name, mails: 0, points: 0 };
      sum.mails += 1;
      sum.points += symbol.weight;
      sums.set(symbol.name, sum);
    }
  }
  return [...sums.values()].sort((a, b) => b.points - a.points || a.name.localeCompare(b.name));
}

// Whole points, without gaps between the lowest and the highest.
export function scoreBins(mails: HeldMail[]): ScoreBin[] {
  if (mails.length === 0) return [];
  const floors = mails.map((each) => Math.floor(each.score));
  const low = Math.min(...floors);
  const high = Math.min(Math.max(...floors), low + 39);
  return Array.from({ length: high - low + 1 }, (_, at) => ({ from: low + at, count: floors.filter((each) => Math.min(each, high) === low + at).length }));
}
