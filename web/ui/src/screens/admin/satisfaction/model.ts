// Ratings as the API tells them, what the address asks for, and the rules that ask customers.
import type { Id } from '@/api/http';
import type { Schema } from '@/api/schema';
import type { Span } from '@/kit/span';

export type Rating = Schema<'Rating'>;
export type Figures = Schema<'RatingFigures'>;
export const kScores = ['received', 'good', 'good_with_comment', 'bad', 'bad_with_comment', 'offered'] as const;
export type Score = (typeof kScores)[number];
export const scoreOf = (text: string | null): Score => kScores.find((each) => each === text) ?? 'received';

// Days of the browser's time zone as the API counts time: seconds since 1970, the last day whole.
export function secondsOf({ from, to }: Span): { start_time: number; end_time: number } {
  const start = new Date(`${from}T00:00:00`).getTime();
  const end = new Date(`${to}T00:00:00`);
  end.setDate(end.getDate() + 1);
  return { start_time: Math.floor(start / 1000), end_time: Math.floor(end.getTime() / 1000) - 1 };
}

interface Action { field: string; value: unknown }
export interface Rule { id: Id; title: string; active: boolean; actions: Action[] }
// What a rule mails holds the question, or a link to it.
export const asksForRating = (rule: Rule) => rule.actions.some((each) => /\{\{\s*satisfaction\.\w+/.test(JSON.stringify(each.value ?? '')));

// Zendesk's usual one: a day after it was solved, once. Not in force until somebody has looked at it.
export const askingRule = (words: { title: string; subject: string; text: string }) => ({
  title: words.title, active: false,
  conditions: { all: [{ field: 'SOLVED', operator: 'is', value: '24' }, { field: 'satisfaction_score', operator: 'is', value: 'unoffered' }], any: [] },
  actions: [{ field: 'notification_user', value: ['requester_id', words.subject, words.text] }],
});
