// Which tickets of a list are selected: some by number, or all of the list (also those not loaded) without some.
import { useCallback, useMemo, useState } from 'react';

export interface Selection { isAll: boolean; ids: ReadonlySet<string> } // with isAll, `ids` are the exceptions
export const nothing: Selection = { isAll: false, ids: new Set() };

export const isSelected = (selection: Selection, id: string) => selection.ids.has(id) !== selection.isAll;
export const sizeOf = (selection: Selection, total: number) => (selection.isAll ? Math.max(0, total - selection.ids.size) : selection.ids.size);

export function toggled(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ...selection, ids };
}

// Everything from one ticket to another in the order of the list becomes selected.
export function extended(selection: Selection, order: string[], from: string, to: string): Selection {
  const [a, b] = [order.indexOf(from), order.indexOf(to)];
  if (a < 0 || b < 0) return selection;
  const ids = new Set(selection.ids);
  for (const each of order.slice(Math.min(a, b), Math.max(a, b) + 1)) {
    if (selection.isAll) ids.delete(each);
    else ids.add(each);
  }
  return { ...selection, ids };
}

export interface SelectionTools {
  selection: Selection;
  toggle: (id: string) => void;
  extend: (order: string[], to: string, from?: string) => void; // from where the last one was selected, or else from `from`
  all: () => void;
  clear: () => void;
}

export function useSelection(): SelectionTools {
  const [state, setState] = useState<{ selection: Selection; anchor: string | null }>({ selection: nothing, anchor: null });
  const toggle = useCallback((id: string) => setState((was) => ({ selection: toggled(was.selection, id), anchor: id })), []);
  const extend = useCallback((order: string[], to: string, from = to) => setState((was) => {
    const anchor = was.anchor !== null && order.includes(was.anchor) ? was.anchor : from;
    return { selection: extended(was.selection, order, anchor, to), anchor };
  }), []);
  const all = useCallback(() => setState({ selection: { isAll: true, ids: new Set() }, anchor: null }), []);
  const clear = useCallback(() => setState({ selection: nothing, anchor: null }), []);
  return useMemo(() => ({ selection: state.selection, toggle, extend, all, clear }), [state, toggle, extend, all, clear]);
}
