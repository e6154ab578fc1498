import { expect, test } from 'vitest';
import { richOf, type Rich } from './rich';

const line = (list: Rich[]): string => list.map((each) => (typeof each === 'string' ? each : `<${each.tag}${each.href ? ` ${each.href}` : ''}${each.start ? ` ${each.start}` : ''}>${line(each.children)}</>`)).join('');

test('what the composer makes is what is shown', () => {
  expect(line(richOf('<p>Dear <strong>Ada</strong>,<br>see <a href="https://a.example/?b=1">here</a></p><ol start="3"><li>one</li></ol><blockquote><p>q</p></blockquote><pre><code>x &lt; y</code></pre>')))
    .toBe('<p>Dear <strong>Ada</>,<br></>see <a https://a.example/?b=1>here</></><ol 3><li>one</></><blockquote><p>q</></><pre><code>x < y</></>');
});

test('what is not known is its text, and what could run is nothing', () => {
  expect(line(richOf('<table><tbody><tr><td onclick="x()" style="color:red">cell</td></tr></tbody></table>'))).toBe('<table><tbody><tr><td>cell</></></></>');
  expect(richOf('<table><tr><td colspan="2" rowspan="x">cell</td></tr></table>').flat()).toMatchObject([{ children: [{ children: [{ children: [{ colSpan: 2, rowSpan: undefined }] }] }] }]);
  expect(line(richOf('<img src=x onerror="x()"><script>x()</script><style>*{}</style><svg><a href="https://x">no</a></svg><form><input value="y"><button>z</button></form>'))).toBe('z');
  for (const href of ['javascript:x()', 'JaVaScRiPt:x()', ' javascript:x()', 'data:text/html,x', 'vbscript:x', '//a.example', '/api/v2/x', '#/tickets/1']) expect(line(richOf(`<a href="${href}">link</a>`))).toBe('link');
  expect(line(richOf('<a href="mailto:a@b.example">write</a>'))).toBe('<a mailto:a@b.example>write</>');
});

test('a thousand elements in each other end somewhere', () => {
  expect(line(richOf('<b>'.repeat(1000) + 'deep')).length).toBeLessThan(1000);
});
