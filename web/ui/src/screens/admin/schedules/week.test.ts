import { expect, test } from 'vitest';
import { daysOf, hoursOf, intervalsOf, minuteOf, wrongSpans, type Interval } from './week';

const office: Interval[] = [1, 2, 3, 4, 5].map((day) => ({ start_time: day * 1440 + 540, end_time: day * 1440 + 1020 }));

test.each([[office], [[{ start_time: 0, end_time: 10_080 }]], [[{ start_time: 1440 + 22 * 60, end_time: 2 * 1440 + 6 * 60 }]], [[]]])('I8: a week comes back as it was', (intervals) => {
  expect(intervalsOf(daysOf(intervals))).toEqual(intervals);
});
test('days are said as people say them', () => {
  expect(daysOf(office)[1]).toEqual([{ from: '09:00', to: '17:00' }]);
  expect(daysOf(office)[0]).toEqual([]);
  expect(daysOf([{ start_time: 1440 + 22 * 60, end_time: 2 * 1440 + 360 }]).slice(1, 3)).toEqual([[{ from: '22:00', to: '00:00' }], [{ from: '00:00', to: '06:00' }]]);
  expect(hoursOf(office)).toBe(40);
});
test('times that end before they begin, or lie on each other, are found', () => {
  const days = daysOf([]);
  days[1] = [{ from: '09:00', to: '12:00' }, { from: '11:00', to: '15:00' }, { from: '18:00', to: '17:00' }, { from: '', to: '20:00' }, { from: '20:00', to: '00:00' }];
  expect([...wrongSpans(days)]).toEqual(['1 0', '1 1', '1 2', '1 3']);
  expect(minuteOf('25:00')).toBeNull();
});
