import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { forgetKept, isComing } from './ahead';
import { listen, useCommands, type Command } from './keys';

// Real keys are trusted; those of a test are not, unless they say so.
function hit(key: string, more: Partial<KeyboardEventInit> = {}) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  Object.defineProperty(event, 'isTrusted', { value: true });
  (document.activeElement ?? document.body).dispatchEvent(event);
  return event;
}

const pressed: string[] = [];
const command = (id: string, own: string, more = {}) => ({ id, title: id, keys: own, run: () => pressed.push(id), ...more });
const stops: (() => void)[] = [];
const coming = (what: Parameters<typeof isComing>[0]) => {
  let isOver = false;
  const end = isComing(what);
  const once = () => { if (!isOver) { isOver = true; end(); } };
  stops.push(once);
  return once;
};
const wait = (ms: number) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function shown(...commands: Command[]) {
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  const Screen = () => { useCommands(commands); return null; };
  root.render(createElement(Screen));
  await wait(5);
  stops.push(() => { root.unmount(); place.remove(); });
}

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  forgetKept();
  pressed.length = 0;
});

test('keys of a screen that is on its way are pressed when it is there, in their order; those of the frame at once', async () => {
  stops.push(listen());
  await shown(command('new', 'n', { isFrame: true }), command('old.next', 'j'));
  const here = coming('screen');
  hit('j');
  hit('j');
  hit('n');
  expect(pressed).toEqual(['new']);
  await shown(command('next', 'j'), command('select', 'x'));
  hit('x');
  here();
  hit('x'); // behind what is kept
  await wait(60);
  expect(pressed).toEqual(['new', 'next', 'next', 'select', 'select']);
});

test('what is typed while a dialog is on its way is typed into its field, and is no command', async () => {
  stops.push(listen());
  await shown(command('tags', 't'));
  const here = coming('dialog');
  for (const key of 'Th') hit(key);
  const field = document.createElement('input');
  document.body.append(field);
  stops.push(() => field.remove());
  field.focus();
  const typed: string[] = [];
  document.execCommand = (_name: string, _ui?: boolean, value?: string) => { typed.push(value ?? ''); return true; };
  here();
  await wait(30);
  expect(typed).toEqual(['T', 'h']);
  expect(pressed).toEqual([]);
});

test('what is typed into the dialog before the kept keys are pressed stands behind them, Enter too', async () => {
  stops.push(listen());
  const here = coming('dialog');
  hit('S');
  const field = document.createElement('input');
  document.body.append(field);
  stops.push(() => field.remove());
  field.focus();
  const got: string[] = [];
  field.addEventListener('keydown', (event) => { if (event.key === 'Enter') got.push('Enter'); }); // as a list of a dialog does
  document.execCommand = (_name: string, _ui?: boolean, value?: string) => { got.push(value ?? ''); return true; };
  here();
  expect(hit('u').defaultPrevented).toBe(true);
  hit('Enter');
  await wait(80);
  expect(got).toEqual(['S', 'u', 'Enter']);
  expect(hit('x').defaultPrevented).toBe(false); // and then the field is the browser's again
});

test('a pointer gives up what was pressed; what browsers do with keys themselves is theirs', async () => {
  stops.push(listen());
  const here = coming('screen');
  hit('j');
  expect(hit('Tab').defaultPrevented).toBe(false);
  expect(hit('r', { ctrlKey: true }).defaultPrevented).toBe(false);
  expect(hit('F5').defaultPrevented).toBe(false);
  document.dispatchEvent(new Event('pointerdown'));
  await shown(command('next', 'j'));
  here();
  await wait(20);
  expect(pressed).toEqual([]);
});
