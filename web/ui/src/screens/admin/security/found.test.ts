import { expect, test } from 'vitest';
import { foundWords } from './found';

const t = (key: string, values?: Record<string, unknown>) => (values && Object.keys(values).length > 0 ? `${key} ${JSON.stringify(values)}` : key);

test('what was found is said in the language of the page, new sentences as they come', () => {
  expect(foundWords(t, '0 of 2 admins and owners have one')).toBe('found.admins {"some":0,"count":2}');
  expect(foundWords(t, 'level recommended, at least 12 characters')).toBe('found.level {"level":"passwords.recommended","count":12}');
  expect(foundWords(t, 'shipped nowhere')).toBe('found.nowhere');
  expect(foundWords(t, 'security@desk.example')).toBe('security@desk.example');
});
