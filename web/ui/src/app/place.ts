// Where the page is: the address behind '#'. It never reaches the server, so no ticket number stands in a log or a referrer.
import { useSyncExternalStore } from 'react';

// What may say no when its address is to be left (an editor with something unsaved): the address is then as it was.
type Guard = (wanted: string) => boolean;

const read = () => location.hash.replace(/^#/, '') || '/';
let shown: string | null = null; // follows the bar only when the address may be left; read when first asked for
let guard: Guard | null = null;
const watchers = new Set<() => void>();

const follow = (told: () => void) => {
  watchers.add(told);
  return () => { watchers.delete(told); };
};
const whole = () => (shown ??= read());

export const pathOf = (address: string) => address.split('?')[0] || '/';

export function guardAddress(next: Guard): () => void {
  guard = next;
  return () => { if (guard === next) guard = null; };
}

function moved() {
  const wanted = read();
  const now = whole();
  if (wanted === now) return;
  if (guard && pathOf(wanted) !== pathOf(now) && !guard(wanted)) {
    history.replaceState(null, '', `#${now}`);
    return;
  }
  shown = wanted;
  for (const told of [...watchers]) told();
}
addEventListener('hashchange', moved);

export const queryOf = (address: string) => new URLSearchParams(address.split('?').slice(1).join('?'));

export function usePath(): string {
  return pathOf(useSyncExternalStore(follow, whole, whole));
}

// The parameters of the address; they live in the address so that "back", reload and a copied link show the same.
export function useQueryParams(): URLSearchParams {
  return queryOf(useSyncExternalStore(follow, whole, whole));
}

export function go(address: string, { replace = false } = {}) {
  if (whole() === address) return;
  if (replace) history.replaceState(null, '', `#${address}`);
  else location.hash = address;
  moved();
}

// Changes parameters of the address and keeps the others; undefined or '' removes one.
export function setQueryParams(change: Record<string, string | undefined>, { replace = true } = {}) {
  const params = queryOf(whole());
  for (const [name, value] of Object.entries(change)) {
    if (value) params.set(name, value);
    else params.delete(name);
  }
  const text = params.toString();
  go(pathOf(whole()) + (text ? `?${text}` : ''), { replace });
}

// "/tickets/:id" against "/tickets/7" is {id: "7"}.
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = given[at] ?? '';
    if (part.startsWith(':')) {
      if (!value) return null;
      try { found[part.slice(1)] = decodeURIComponent(value); } catch { return null; }
    } else if (part !== value) return null;
  }
  return found;
}
