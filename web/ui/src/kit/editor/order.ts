// The list with one moved to another place.
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const out = [...list];
  const [taken] = out.splice(from, 1);
  if (taken !== undefined) out.splice(Math.max(0, Math.min(to, out.length)), 0, taken);
  return out;
}
