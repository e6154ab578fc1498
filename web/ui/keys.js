// Single keys, only where nobody types, and never together with a modifier (they belong to the browser).
import { isTyping } from './dom.js';

let bindings = {};

export function setKeys(map) { bindings = map; }

document.addEventListener('keydown', (event) => {
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = bindings[event.key];
  if (!action) return;
  if (action(event) !== false) event.preventDefault();
});

// Moves the focus among elements: by +1 or -1, from the focused one or from the start.
export function moveFocus(elements, by) {
  if (elements.length === 0) return;
  const at = elements.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : elements.length - 1) : Math.min(elements.length - 1, Math.max(0, at + by));
  elements[next].focus();
  elements[next].scrollIntoView({ block: 'nearest' });
}
