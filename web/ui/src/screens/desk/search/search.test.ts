import { expect, test } from 'vitest';
import { asView } from './asView';
import { bitsOf, marked, wordsOfQuery } from './marks';

test('what was found is text, whatever the mail says', () => {
  expect(bitsOf('a &lt;script&gt; <mark>b</mark> &amp;lt;img&#39;')).toEqual([{ text: 'a <script> ', isFound: false }, { text: 'b', isFound: true }, { text: " &lt;img'", isFound: false }]);
  expect(bitsOf('&#9999999;&nosuch;')).toEqual([{ text: '&#9999999;&nosuch;', isFound: false }]);
});

test('words of a query are marked in subjects, without case and accents', () => {
  expect(wordsOfQuery('Café "on fire" -coffee status:open subject:refund ton*')).toEqual(['cafe', 'on fire', 'refund', 'ton']);
  expect(marked('Le CAFÉ est froid', ['cafe'])).toEqual([{ text: 'Le ', isFound: false }, { text: 'CAFÉ', isFound: true }, { text: ' est froid', isFound: false }]);
  expect(marked('decafe', ['cafe'])).toEqual([{ text: 'decafe', isFound: false }]); // words are found from their beginning
});

test('a search about fields is a view', () => {
  expect(asView('status<solved assignee:me priority:high priority:urgent tags:vip -group:12')).toEqual({
    all: [{ field: 'status', operator: 'less_than', value: 'solved' }, { field: 'current_tags', operator: 'includes', value: 'vip' }, { field: 'group_id', operator: 'is_not', value: '12' }, { field: 'assignee_id', operator: 'is', value: 'current_user' }],
    any: [{ field: 'priority', operator: 'is', value: 'high' }, { field: 'priority', operator: 'is', value: 'urgent' }],
  });
});

test('a search for words is none, and says why', () => {
  expect(asView('printer status:open')).toEqual({ because: 'words' });
  expect(asView('subject:"on fire"')).toEqual({ because: 'words' });
  expect(asView('created>4hours status:open')).toEqual({ because: 'keyword' });
  expect(asView('assignee:"Ann Lee"')).toEqual({ because: 'keyword' });
  expect(asView('tags:vip')).toEqual({ because: 'scope' });
});
