import { expect, test } from 'vitest';
import { piecesOf } from './pieces';

test('redacted numbers are marked, whatever they are written in', () => {
  expect(piecesOf('card 4111 11▇▇ ▇▇▇▇ 1111 end').map((each) => each.kind)).toEqual(['text', 'redacted', 'text']);
  expect(piecesOf('411111******1111')[0]!.kind).toBe('redacted');
  expect(piecesOf('gone: ▇▇▇▇▇')[1]).toEqual({ kind: 'redacted', text: '▇▇▇▇▇' });
});
test('only http and https can be followed, and the sentence goes on behind', () => {
  expect(piecesOf('see https://a.example/x?y=1. Bye')).toEqual([
    { kind: 'text', text: 'see ' }, { kind: 'link', text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' }, { kind: 'text', text: '. Bye' }]);
  expect(piecesOf('javascript:alert(1) data:text/html,x')).toEqual([{ kind: 'text', text: 'javascript:alert(1) data:text/html,x' }]);
});
test('marks of our composer are shown as what they mean, of others as they stand', () => {
  expect(piecesOf('a **b c** d', true)).toEqual([{ kind: 'text', text: 'a ' }, { kind: 'bold', text: 'b c' }, { kind: 'text', text: ' d' }]);
  expect(piecesOf('a **b** d')).toEqual([{ kind: 'text', text: 'a **b** d' }]);
  expect(piecesOf('snake_case_word 2*3*4', true)).toEqual([{ kind: 'text', text: 'snake_case_word 2*3*4' }]);
});
test.each(['a **b** _c_ https://x.example/a_b_c.', 'x ▇▇ y', ''])('without marks nothing is lost of %j', (text) => {
  expect(piecesOf(text).map((each) => each.text).join('')).toBe(text);
});
