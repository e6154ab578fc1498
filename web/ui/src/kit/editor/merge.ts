// Two people change the same definition: only what one has changed oneself is sent, and only what both have changed asks.
export type Draft = Record<string, unknown>;

export const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
export const changedKeys = <D extends object>(from: D, to: D): (keyof D)[] => [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((key) => !isSame(from[key as keyof D], to[key as keyof D])) as (keyof D)[];

export interface Merge<D> { both: (keyof D)[]; theirs: (keyof D)[] } // `theirs`: changed by others only

export function mergeOf<D extends object>(base: D, mine: D, now: D): Merge<D> {
  const own = new Set(changedKeys(base, mine));
  const others = changedKeys(base, now);
  return { both: others.filter((key) => own.has(key) && !isSame(mine[key], now[key])), theirs: others.filter((key) => !own.has(key)) };
}

export function pick<D extends object>(from: D, keys: (keyof D)[]): Partial<D> {
  const out: Partial<D> = {};
  for (const key of keys) out[key] = from[key];
  return out;
}
