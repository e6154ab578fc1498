import { expect, test } from 'vitest';
import { docOf, mentionsOf, textOf } from './markdown';

test.each([
  'Dear Ada,\n\nwe found it.\n\nRegards', 'a **bold** and _italic_ word', '- one\n- two', '1. one\n2. two\n\nend', '> you wrote\n> this\n\nyes',
  'snake_case and 2*3*4', '`code` ~~gone~~', 'line\nline', '#12 is not a heading', '-5 degrees', '@Ada look', '3. three\n4. four',
  '- one\n  - in it\n  - too\n- two', '1. one\n   - a\n   - b\n2. two', '> - a\n> - b', '```\na  b\n- no list\n```', '```\nnever closed', '1. one\n7. seven', '01. odd',
  'see [the page](https://a.example/x?y=1) now', '[not](a link)', '- one\n  more of it', '[**bold link**](https://a.example/)', '- - two signs', '- > quoted', '- ', '>',
])('%j is sent as it was written', (text) => {
  expect(textOf(docOf(text))).toBe(text.trimEnd());
});
test('formatting is found', () => {
  expect(docOf('- a\n- b').content).toHaveLength(1);
  expect(docOf('x **y** z').content![0]!.content![1]).toEqual({ type: 'text', text: 'y', marks: [{ type: 'bold' }] });
  expect(docOf('- a\n  - b').content![0]!.content![0]!.content![1]!.type).toBe('bulletList');
});
test('I8: a link of a draft is a link again, unless it is the address itself', () => {
  const link = (text: string, href: string) => textOf({ type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text, marks: [{ type: 'link', attrs: { href } }] }] }] });
  expect(link('here', 'https://a.example/')).toBe('[here](https://a.example/)');
  expect(docOf('[here](https://a.example/)').content![0]!.content).toEqual([{ type: 'text', text: 'here', marks: [{ type: 'link', attrs: { href: 'https://a.example/' } }] }]);
  expect(link('https://a.example/', 'https://a.example/')).toBe('https://a.example/');
  expect(link('odd', 'https://a.example/(x)')).toBe('odd <https://a.example/(x)>');
});
test('mentions are written with their name and counted once', () => {
  const doc = { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'mention', attrs: { id: '7', label: 'Ada' } }, { type: 'text', text: ' ' }, { type: 'mention', attrs: { id: '7', label: 'Ada' } }] }] };
  expect(textOf(doc)).toBe('@Ada @Ada');
  expect(mentionsOf(doc)).toEqual(['7']);
});
