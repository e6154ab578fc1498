// What was hidden in a ticket, added up over its messages: by rule, most first, and in which messages.
import type { Id } from '@/api/http';
import type { Comment } from '@/screens/desk/types';

export interface HiddenByRule { rule: string; count: number; messages: { id: Id; number: number }[] }

// A message's number is its place in the conversation, from 1.
export function hiddenBy(comments: Pick<Comment, 'id' | 'redactions'>[]): HiddenByRule[] {
  const rules = new Map<string, HiddenByRule>();
  comments.forEach((comment, at) => {
    for (const each of comment.redactions) {
      const sum = rules.get(each.rule) ?? { rule: each.rule, count: 0, messages: [] };
      sum.count += each.count;
      if (sum.messages.at(-1)?.number !== at + 1) sum.messages.push({ id: comment.id, number: at + 1 });
      rules.set(each.rule, sum);
    }
  });
  return [...rules.values()].sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1));
}
