import { expect, test } from 'vitest';
import { bodyOfField, draftOfField, optionsOf, tagOf } from './model';

test('an option is kept as a tag', () => {
  expect(tagOf('Dark blue')).toBe('dark_blue');
  expect(tagOf('  “Été”, l\'hiver ')).toBe('“été”_l_hiver');
});

test('pasted lines become options, each once', () => {
  const there = [{ name: 'Red', value: 'red', default: false }];
  expect(optionsOf('Red\nDark blue\r\n\nLight\tpale\nDark blue', there)).toEqual([{ name: 'Dark blue', value: 'dark_blue', default: false }, { name: 'Light', value: 'pale', default: false }]);
});

test('only what belongs to the type is sent', () => {
  const draft = draftOfField(null);
  expect(Object.keys(bodyOfField(draft, 'text'))).not.toContain('custom_field_options');
  expect(Object.keys(bodyOfField(draft, 'tagger'))).toContain('custom_field_options');
  expect(Object.keys(bodyOfField(draft, 'regexp'))).toContain('regexp_for_validation');
});
