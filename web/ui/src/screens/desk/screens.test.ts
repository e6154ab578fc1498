import { expect, test } from 'vitest';
import { screens } from '@/app/screens';

test('every place has a key of its own, and no key begins another', () => {
  const keys = screens.flatMap((each) => (each.nav?.keys ? [each.nav.keys] : []));
  expect(keys.filter((each, at) => keys.indexOf(each) !== at)).toEqual([]);
  expect(keys.filter((each) => keys.some((other) => other !== each && other.startsWith(`${each} `)))).toEqual([]);
});

test('the form for a new ticket is found before a ticket called "new"', () => {
  const paths = screens.map((each) => each.path);
  expect(paths.indexOf('/tickets/new')).toBeGreaterThan(-1);
  expect(paths.indexOf('/tickets/new')).toBeLessThan(paths.indexOf('/tickets/:id'));
});
