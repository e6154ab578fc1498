// Two documents line by line (Myers), for reading side by side: what is the same stands on one height.
export interface Side { line: number; text: string }
export interface Row { kind: 'same' | 'changed' | 'removed' | 'added'; left: Side | null; right: Side | null }
export interface Fold { kind: 'fold'; rows: Row[] }

const kStepsMax = 4_000; // beyond so many differences everything in between counts as replaced

type Edit = 'same' | 'removed' | 'added';

function edits(a: string[], b: string[]): Edit[] {
  const most = Math.min(a.length + b.length, kStepsMax);
  const reach = new Map<number, number>([[1, 0]]);
  const trail: Map<number, number>[] = [];
  for (let depth = 0; depth <= most; depth += 1) {
    trail.push(new Map(reach));
    for (let k = -depth; k <= depth; k += 2) {
      const isDown = k === -depth || (k !== depth && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = isDown ? reach.get(k + 1) ?? 0 : (reach.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(trail, a.length, b.length);
    }
  }
  return [...a.map(() => 'removed' as const), ...b.map(() => 'added' as const)];
}

function walkBack(trail: Map<number, number>[], toX: number, toY: number): Edit[] {
  const out: Edit[] = [];
  let x = toX;
  let y = toY;
  for (let depth = trail.length - 1; depth >= 0; depth -= 1) {
    const reach = trail[depth]!;
    const k = x - y;
    const isDown = k === -depth || (k !== depth && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const before = isDown ? k + 1 : k - 1;
    const fromX = depth === 0 ? 0 : reach.get(before) ?? 0;
    const fromY = depth === 0 ? 0 : fromX - before;
    while (x > fromX && y > fromY) { out.push('same'); x -= 1; y -= 1; }
    if (depth > 0) out.push(isDown ? 'added' : 'removed');
    x = fromX;
    y = fromY;
  }
  return out.reverse();
}

export function lineDiff(before: string, after: string): Row[] {
  const a = before === '' ? [] : before.replace(/\n$/, '').split('\n');
  const b = after === '' ? [] : after.replace(/\n$/, '').split('\n');
  const rows: Row[] = [];
  let left = 0;
  let right = 0;
  let removed: Side[] = [];
  let added: Side[] = [];
  const flush = () => { // a removed line beside the added one that stands in its place
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
      const one = removed[at] ?? null;
      const other = added[at] ?? null;
      rows.push({ kind: one && other ? 'changed' : one ? 'removed' : 'added', left: one, right: other });
    }
    removed = [];
    added = [];
  };
  for (const edit of edits(a, b)) {
    if (edit === 'same') {
      flush();
      rows.push({ kind: 'same', left: { line: left + 1, text: a[left]! }, right: { line: right + 1, text: b[right]! } });
    }
    if (edit !== 'added') { if (edit === 'removed') removed.push({ line: left + 1, text: a[left]! }); left += 1; }
    if (edit !== 'removed') { if (edit === 'added') added.push({ line: right + 1, text: b[right]! }); right += 1; }
  }
  flush();
  return rows;
}

// Long stretches of the same are folded but for some lines around the changes.
export function folded(rows: Row[], around = 3): (Row | Fold)[] {
  const near = rows.map((_, at) => rows.slice(Math.max(0, at - around), at + around + 1).some((each) => each.kind !== 'same'));
  const out: (Row | Fold)[] = [];
  for (const [at, row] of rows.entries()) {
    if (near[at]) { out.push(row); continue; }
    const last = out.at(-1);
    if (last?.kind === 'fold') last.rows.push(row);
    else out.push({ kind: 'fold', rows: [row] });
  }
  return out;
}
