import { expect, test } from 'vitest';
import { contains, letsIn, parseAddress, parseNetwork } from './cidr';

const isIn = (network: string, address: string) => contains(parseNetwork(network)!, parseAddress(address)!);

test('networks contain what they say, to the bit', () => {
  expect(isIn('192.0.2.0/24', '192.0.2.255')).toBe(true);
  expect(isIn('192.0.2.0/24', '192.0.3.0')).toBe(false);
  expect(isIn('10.0.0.0/9', '10.127.0.1')).toBe(true);
  expect(isIn('10.0.0.0/9', '10.128.0.1')).toBe(false);
  expect(isIn('192.0.2.7', '192.0.2.7')).toBe(true);
  expect(isIn('192.0.2.*', '192.0.2.9')).toBe(true);
  expect(isIn('10.*.*.*', '10.3.2.1')).toBe(true);
  expect(isIn('2001:db8::/32', '2001:db8:1::1')).toBe(true);
  expect(isIn('2001:db8::/32', '2001:db9::1')).toBe(false);
  expect(isIn('2001:db8::/33', '2001:db8:8000::')).toBe(false);
  expect(isIn('::/0', '2001:db8::')).toBe(true);
  expect(isIn('127.0.0.0/8', '::ffff:127.0.0.1')).toBe(true);
  expect(isIn('::1', '127.0.0.1')).toBe(false);
});

test.each(['300.1.1.1', '1.2.3', '1.2.3.4/33', '1.2.3.4/', '1.2.*', '1.2.3.4/8/8', 'a', '', '2001:db8', '1::2::3', '::/129', '12345::'])('%s is no network', (text) => {
  expect(parseNetwork(text)).toBeNull();
});

test('who would be shut out is known before anything is saved', () => {
  expect(letsIn([], '192.0.2.1')).toBe(true);
  expect(letsIn(['10.0.0.0/8', '192.0.2.0/24'], '192.0.2.1')).toBe(true);
  expect(letsIn(['10.0.0.0/8'], '192.0.2.1')).toBe(false);
  expect(letsIn(['nonsense'], '192.0.2.1')).toBe(false);
});
