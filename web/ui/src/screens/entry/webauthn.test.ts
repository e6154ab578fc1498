import { expect, test } from 'vitest';
import { toBytes, toText } from './webauthn';

test('bytes go to base64url and back, of every length', () => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + 251) & 255);
    const text = toText(bytes.buffer);
    expect(text).toMatch(/^[A-Za-z0-9_-]*$/);
    expect([...toBytes(text)]).toEqual([...bytes]);
  }
});
