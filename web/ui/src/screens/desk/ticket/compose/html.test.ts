import { expect, test } from 'vitest';
import { htmlOf, readableOf } from './html';

test.each([
  ['a **bold** word', '<p>a <strong>bold</strong> word</p>'],
  ['Dear Ada,\nhello\n\n- one\n- **two**\n\nend', '<p>Dear Ada,<br>hello</p><ul><li>one</li><li><strong>two</strong></li></ul><p>end</p>'],
  ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
  ['- a\n  - b', '<ul><li><p>a</p><ul><li>b</li></ul></li></ul>'],
  ['> q\n\n_yes_', '<blockquote><p>q</p></blockquote><p><em>yes</em></p>'],
  ['```\n1 < 2\n```', '<pre><code>1 &lt; 2</code></pre>'],
  ['[here](https://a.example/?a=1&b="2)', '<p><a href="https://a.example/?a=1&amp;b=&quot;2">here</a></p>'],
  ['**x** https://a.example/ y', '<p><strong>x</strong> <a href="https://a.example/">https://a.example/</a> y</p>'],
])('I8: %j is sent formatted', (text, html) => expect(htmlOf(text)).toBe(html));

test('plain text stays plain', () => {
  for (const text of ['Dear Ada,\n\nwe found it <here>.', 'https://a.example/', '2*3*4 snake_case']) expect(htmlOf(text)).toBeNull();
});
test('nothing that was typed becomes an element', () => {
  expect(htmlOf('**<img src=x onerror=alert(1)>** "\'')).toBe('<p><strong>&lt;img src=x onerror=alert(1)&gt;</strong> &quot;\'</p>');
  expect(htmlOf('**a** [x](javascript:alert(1))')).not.toContain('href');
});
test('who reads text is told where a link leads', () => {
  expect(readableOf('see [here](https://a.example/).')).toBe('see here <https://a.example/>.');
});
