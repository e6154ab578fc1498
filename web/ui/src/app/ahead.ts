// Keys that come before what answers them: while a screen or a dialog is on its way they are kept, and pressed again when it is
// there. A fast hand loses nothing, and what was meant for a dialog's field is no command of the page behind it.
import { useLayoutEffect } from 'react';

// 'screen': keys of the frame (places, palette) are answered as ever; 'dialog': every key is for what is coming.
export type Coming = 'screen' | 'dialog';
export interface Stroke { key: string; shiftKey: boolean; ctrlKey: boolean; metaKey: boolean; altKey: boolean }

const kMost = 40;
const kKeptMs = 15_000; // what was pressed longer ago is no longer meant
const kAfterEnterMs = 40; // it may open something, which is told of a little later
const kept: { stroke: Stroke; at: number }[] = [];
const coming: Record<Coming, number> = { screen: 0, dialog: 0 };
let isPressing = false; // kept keys are being pressed: the next ones stand behind them
let timer: ReturnType<typeof setTimeout> | undefined;

export const awaited = (): Coming | null => (coming.dialog > 0 ? 'dialog' : coming.screen > 0 ? 'screen' : null);
// `isTyped`: into a field, where only what was typed before it goes first.
export const areKept = (isTyped: boolean) => isPressing || (!isTyped && kept.length > 0);

export function keep({ key, shiftKey, ctrlKey, metaKey, altKey }: Stroke) {
  if (kept.length < kMost) kept.push({ stroke: { key, shiftKey, ctrlKey, metaKey, altKey }, at: Date.now() });
}

export function forgetKept() {
  kept.length = 0;
  clearTimeout(timer);
  isPressing = false;
}

const isField = (node: Element): node is HTMLElement => node instanceof HTMLElement && (node.isContentEditable || /^(INPUT|TEXTAREA)$/.test(node.tagName));

// As the browser would have done it: the page hears of the key, and what nobody took is typed or opens what has the focus.
export function press(stroke: Stroke) {
  const node = document.activeElement ?? document.body;
  const isUntaken = node.dispatchEvent(new KeyboardEvent('keydown', { ...stroke, bubbles: true, cancelable: true }));
  if (!isUntaken || stroke.ctrlKey || stroke.metaKey || stroke.altKey) return;
  if (stroke.key.length === 1 && isField(node)) document.execCommand('insertText', false, stroke.key);
  else if (stroke.key === 'Enter' && node instanceof HTMLInputElement) node.form?.requestSubmit();
  else if (stroke.key === 'Enter' && node instanceof HTMLTextAreaElement) document.execCommand('insertLineBreak');
  else if (stroke.key === 'Escape') node.closest('dialog[open]')?.dispatchEvent(new Event('cancel', { cancelable: true }));
  else if (stroke.key === 'Enter' && node instanceof HTMLElement && /^(A|BUTTON)$/.test(node.tagName)) node.click();
}

function pressNext() {
  clearTimeout(timer);
  if (awaited()) { isPressing = false; return; } // what has come has asked for something in its turn
  const next = kept.shift();
  isPressing = next !== undefined;
  if (!next) return;
  if (Date.now() - next.at < kKeptMs) press(next.stroke);
  timer = setTimeout(pressNext, next.stroke.key === 'Enter' ? kAfterEnterMs : 0);
}

export function isComing(what: Coming): () => void {
  coming[what] += 1;
  return () => {
    coming[what] -= 1;
    if (awaited() || isPressing || kept.length === 0) return;
    isPressing = true; // from now on: what is typed before the first of them is pressed stands behind it
    clearTimeout(timer);
    timer = setTimeout(pressNext); // what comes instead is drawn, and has the focus, then
  };
}

export function useComing(what: Coming) {
  useLayoutEffect(() => isComing(what), [what]);
}

// Instead of a dialog whose code is being loaded.
export function DialogComing() {
  useComing('dialog');
  return null;
}
