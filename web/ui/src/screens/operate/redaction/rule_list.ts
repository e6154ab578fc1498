// Which rules are listed, and in which order: what finds something comes first.
import type { Rule } from '../api';

export const kFilters = ['all', 'enforce', 'shadow', 'off', 'own', 'finding', 'doubtful'] as const;
export type Filter = (typeof kFilters)[number];

const works = (rule: Rule, mode: string) => rule.mode === mode || (rule.inboxes.length > 0 && rule.elsewhere === mode);
const found = (rule: Rule) => (rule.counts?.findings ?? 0) + (rule.counts?.shadow_findings ?? 0);

export function fits(rule: Rule, filter: Filter, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const around = `${rule.id} ${rule.description} ${rule.tags.join(' ')} ${rule.inboxes.join(' ')}`.toLowerCase();
  if (!words.every((word) => around.includes(word))) return false;
  if (filter === 'own') return !rule.is_shipped;
  if (filter === 'finding') return found(rule) > 0;
  if (filter === 'doubtful') return (rule.counts?.false_positives ?? 0) > 0;
  return filter === 'all' || works(rule, filter);
}

const rank = { enforce: 0, shadow: 1, off: 2 };
export const sorted = (rules: Rule[]) => [...rules].sort((a, b) => found(b) - found(a) || Number(a.is_shipped) - Number(b.is_shipped) || rank[a.mode] - rank[b.mode] || a.id.localeCompare(b.id));
