import type { ReactNode } from 'react';

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'accent' | 'note';
const tones: Record<Tone, string> = {
  plain: 'bg-ground text-faint border-line', good: 'bg-good-ground text-good border-good/40', bad: 'bg-bad-ground text-bad border-bad/40',
  warn: 'bg-warn-ground text-warn border-warn/40', accent: 'bg-accent-ground text-accent border-accent/40', note: 'bg-note text-ink border-note-line',
};

// Never colour alone: the word says it too (WCAG 1.4.1).
export const Badge = ({ tone = 'plain', title, children }: { tone?: Tone; title?: string; children: ReactNode }) => (
  <span title={title} className={`inline-flex items-center gap-1 rounded-full border px-2 text-xs font-medium whitespace-nowrap ${tones[tone]}`}>{children}</span>
);
