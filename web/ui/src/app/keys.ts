// Keys and commands. A screen names what can be done on it; the same table answers keys, the palette (Ctrl-K) and the help ("?").
// Single keys do nothing while something is typed, and can be changed or switched off (WCAG 2.1.4).
import { useLayoutEffect, useSyncExternalStore } from 'react';
import { areKept, awaited, forgetKept, keep } from './ahead';
import { habit, keepHabit } from './habits';
import { look } from './look';

export interface Command {
  id: string; // "ticket.reply"; what a person's own key is kept under
  title: string; // in the page's language
  group?: string; // where the help lists it
  keys?: string; // "r", "g t", "Mod+Enter", "?", "Shift+J"; Mod is Ctrl, on Apple's Cmd
  run: () => void;
  inFields?: boolean; // also while something is typed: of combinations with Mod
  hidden?: boolean; // not in the palette
  isFrame?: boolean; // of what stays while screens change: answered also while one is on its way
}

const kPrefixMs = 2500;
const tables = new Map<symbol, Command[]>();
const watchers = new Set<() => void>();
let all: Command[] = [];
let prefix = '';
let prefixAt = 0;

function rebuild() {
  const byId = new Map<string, Command>();
  for (const table of tables.values()) for (const each of table) byId.set(each.id, each); // the screen shown last wins
  all = [...byId.values()];
  for (const watcher of watchers) watcher();
}

export const ownKeys = (): Record<string, string> => habit('keys', {});

// '' switches a key off; undefined gives the usual one back.
export function setOwnKey(id: string, keys: string | undefined) {
  const own = ownKeys();
  if (keys === undefined) delete own[id];
  else own[id] = keys;
  keepHabit('keys', own);
  rebuild();
}

export const keysOf = (command: Command) => ownKeys()[command.id] ?? command.keys ?? '';

// The commands of a component while it is shown. Give a new list only when it has changed (useMemo). A key works as soon as what it
// belongs to can be seen: hence not in an effect that waits for the next picture.
export function useCommands(commands: Command[]) {
  useLayoutEffect(() => {
    const mine = Symbol('commands');
    tables.set(mine, commands);
    rebuild();
    return () => { tables.delete(mine); rebuild(); };
  }, [commands]);
}

export function useAllCommands(): Command[] {
  const follow = (told: () => void) => { watchers.add(told); return () => { watchers.delete(told); }; };
  return useSyncExternalStore(follow, () => all, () => all);
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && /^(checkbox|radio|button|submit)$/.test(target.type));

export function strokeOf(event: KeyboardEvent): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('Mod');
  if (event.altKey) parts.push('Alt');
  const key = event.key.length === 1 ? (parts.length || event.shiftKey ? event.key : event.key.toLowerCase()) : event.key;
  if (event.shiftKey && (key.length > 1 || /[a-z]/i.test(key))) parts.push('Shift');
  parts.push(key.length === 1 && parts.length ? key.toUpperCase() : key);
  return parts.join('+');
}

// The command of a key, or of one behind a prefix; `isSo` says which count.
function commandOf(stroke: string, isTyped: boolean, isSo: (command: Command) => boolean): Command | undefined {
  const withMod = stroke.includes('Mod') || stroke.includes('Alt');
  if (!withMod && (isTyped || !look().singleKeys)) return undefined;
  return [...all].reverse().find((each) => keysOf(each) === stroke && isSo(each) && (!withMod || !isTyped || each.inFields));
}

// Of Tab, and of what browsers answer themselves, nothing is ever kept.
const mayBeKept = (event: KeyboardEvent) =>
  event.isTrusted && event.key !== 'Tab' && !(event.ctrlKey && !/^(Enter|[ks])$/i.test(event.key)) && !event.altKey && !event.metaKey && !/^F\d/.test(event.key);
const isNoStroke = (event: KeyboardEvent) => event.defaultPrevented || event.isComposing || /^(Control|Shift|Alt|Meta)$/.test(event.key);

// On the way down, before any field or dialog hears of the key: it stands behind what is kept, in its order.
export function onKeyAhead(event: KeyboardEvent) {
  if (isNoStroke(event) || !mayBeKept(event)) return;
  const due = awaited();
  if (due !== 'dialog' && (due !== null || !areKept(isTyping(event.target)))) return;
  event.preventDefault();
  event.stopPropagation();
  keep(event);
}

export function onKey(event: KeyboardEvent) {
  if (isNoStroke(event)) return;
  const stroke = strokeOf(event);
  const withMod = stroke.includes('Mod') || stroke.includes('Alt');
  const typing = isTyping(event.target);
  const due = awaited();
  if (document.querySelector('dialog[open]') && !withMod) return; // a dialog has its own keys
  const whole = prefix && event.timeStamp - prefixAt < kPrefixMs ? `${prefix} ${stroke}` : stroke;
  prefix = '';
  const command = commandOf(whole, typing, (each) => due !== 'screen' || each.isFrame === true);
  if (command) {
    event.preventDefault();
    command.run();
    return;
  }
  if (typing || withMod) return;
  if (all.some((each) => keysOf(each).startsWith(`${stroke} `))) {
    prefix = stroke;
    prefixAt = event.timeStamp;
    return;
  }
  if (mayBeKept(event) && due === 'screen' && (event.key.length === 1 || (areKept(false) && event.key !== 'Escape'))) {
    event.preventDefault();
    keep(event);
  }
}

// Keys of the page, and a pointer instead of them, which is about what is there now.
export function listen(): () => void {
  document.addEventListener('keydown', onKeyAhead, true);
  document.addEventListener('keydown', onKey);
  document.addEventListener('pointerdown', forgetKept, true);
  return () => {
    document.removeEventListener('keydown', onKeyAhead, true);
    document.removeEventListener('keydown', onKey);
    document.removeEventListener('pointerdown', forgetKept, true);
    forgetKept();
  };
}
