// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepFocus } from './rescue';

let stop: () => void;
const at = () => document.activeElement?.textContent;
const find = (name: string) => [...document.querySelectorAll<HTMLElement>('a, button')].find((each) => each.textContent === name)!;
const settled = () => new Promise((resolve) => { setTimeout(resolve, 20); });
beforeEach(() => {
  document.body.innerHTML = '<nav><a href="#">Rail</a></nav><main tabindex="-1"><div><ul><li><a href="#1">One</a><button>End one</button></li><li><a href="#2">Two</a><button>End two</button></li></ul></div><div role="grid"><a href="#t">Line</a><a href="#u">Next line</a></div></main>';
  stop = keepFocus();
});
afterEach(() => stop());

async function goes(gone: Element, focused: HTMLElement) {
  focused.focus();
  gone.remove();
  if (document.activeElement === focused) focused.blur(); // as browsers do
  await settled();
}

test('a row that goes leaves the focus in the row behind it', async () => {
  await goes(find('End one').closest('li')!, find('End one'));
  expect(at()).toBe('End two');
});

test('a button that becomes another one leaves the focus on that', async () => {
  const [button] = [find('End one')];
  button.focus();
  const other = document.createElement('button');
  other.textContent = 'Begin one';
  button.replaceWith(other);
  if (document.activeElement === button) button.blur();
  await settled();
  expect(at()).toBe('Begin one');
});

test('what was shut has the focus again when it is open, and what somebody left himself has not', async () => {
  const button = find('End two') as HTMLButtonElement;
  button.focus();
  button.blur();
  document.querySelector('ul')!.append(document.createElement('li'));
  await settled();
  expect(document.activeElement).toBe(document.body);
  button.focus();
  button.disabled = true;
  button.blur();
  await settled();
  button.disabled = false;
  await settled();
  expect(at()).toBe('End two');
});

test('lists of tickets are left alone, and another screen is no place to go back to', async () => {
  await goes(find('Line'), find('Line'));
  expect(document.activeElement).toBe(document.body);
  await goes(document.querySelector('main > div')!, find('One'));
  expect(document.activeElement).toBe(document.body);
});
