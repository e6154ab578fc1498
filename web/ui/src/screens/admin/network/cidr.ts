// Whether an address is in a network, as the server reads them: 192.0.2.7, 192.0.2.0/24, 192.0.2.*, 2001:db8::/32.

function parse4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((each) => /^\d{1,3}$/.test(each) && Number(each) < 256)) return null;
  return parts.map(Number);
}

function parse6(text: string): number[] | null {
  const [head, tail, ...more] = text.split('::');
  if (more.length > 0 || head === undefined) return null;
  const words = (part: string | undefined) => {
    if (!part) return [];
    const list = part.split(':');
    const last = parse4(list.at(-1) ?? '');
    if (last) list.splice(-1, 1, ((last[0]! << 8) | last[1]!).toString(16), ((last[2]! << 8) | last[3]!).toString(16));
    return list;
  };
  const front = words(head);
  const back = words(tail);
  const missing = 8 - front.length - back.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...front, ...Array<string>(tail === undefined ? 0 : missing).fill('0'), ...back];
  if (!all.every((each) => /^[0-9a-f]{1,4}$/i.test(each))) return null;
  return all.flatMap((each) => { const value = parseInt(each, 16); return [value >> 8, value & 255]; });
}

// Bytes; an IPv4 address written as IPv6 is an IPv4 address.
export function parseAddress(text: string): number[] | null {
  if (!text.includes(':')) return parse4(text);
  const bytes = parse6(text);
  const isMapped = bytes?.slice(0, 12).every((each, at) => each === (at < 10 ? 0 : 255));
  return bytes && isMapped ? bytes.slice(12) : bytes;
}

export interface Network { bytes: number[]; bits: number }

export function parseNetwork(text: string): Network | null {
  const star = /^(\d{1,3}(?:\.\d{1,3}){0,2})((?:\.\*)+)$/.exec(text);
  if (star) {
    const given = star[1]!.split('.').length;
    const bytes = given + star[2]!.length / 2 === 4 ? parse4(star[1] + '.0'.repeat(4 - given)) : null;
    return bytes && { bytes, bits: given * 8 };
  }
  const [address = '', bits, ...more] = text.split('/');
  const bytes = parseAddress(address);
  if (!bytes || more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return null;
  const width = bytes.length * 8;
  const length = bits === undefined ? width : Number(bits);
  return length <= width ? { bytes, bits: length } : null;
}

export function contains(network: Network, address: number[]): boolean {
  if (network.bytes.length !== address.length) return false;
  for (let bit = 0; bit < network.bits; bit += 8) {
    const mask = network.bits - bit >= 8 ? 255 : (255 << (8 - (network.bits - bit))) & 255;
    if (((network.bytes[bit / 8]! ^ address[bit / 8]!) & mask) !== 0) return false;
  }
  return true;
}

// Whether a list lets an address in; an empty one lets everybody in. Entries that cannot be read let nobody in.
export function letsIn(list: string[], address: string): boolean {
  if (list.length === 0) return true;
  const bytes = parseAddress(address);
  return bytes !== null && list.some((each) => { const network = parseNetwork(each); return network !== null && contains(network, bytes); });
}
