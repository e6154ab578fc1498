import { expect, test } from 'vitest';
import { filterPeople } from './filter';

const people = [
  { id: 1, name: 'Zoë Müller', email: 'zoe@firma.example', suspended: false, role: 'agent' },
  { id: '12345678901234567', name: 'Ada', email: 'ada@x.example', suspended: true, role: 'admin' },
];
const found = (filter: { text?: string; role?: string; state?: string }) =>
  filterPeople(people, { text: '', role: '', state: '', ...filter }, (each) => each.role, new Set(['12345678901234567'])).map((each) => each.name);

test('people are found by name and address without accents, by role and by state', () => {
  expect(found({})).toHaveLength(2);
  expect(found({ text: 'muller zoe' })).toEqual(['Zoë Müller']);
  expect(found({ text: 'X.EXAMPLE' })).toEqual(['Ada']);
  expect(found({ text: 'nobody' })).toEqual([]);
  expect(found({ role: 'admin' })).toEqual(['Ada']);
  expect(found({ state: 'active' })).toEqual(['Zoë Müller']);
  expect(found({ state: 'suspended' })).toEqual(['Ada']);
  expect(found({ state: 'missing' })).toEqual(['Ada']);
});
