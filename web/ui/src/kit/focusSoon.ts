// Puts the focus where something is about to be shown; what is typed before that is kept for it.
import { isComing } from '@/app/ahead';

const kWaitMs = 2000;
const kEveryMs = 10;

export function focusSoon(selector: string) {
  const end = isComing('dialog');
  const until = Date.now() + kWaitMs;
  const look = () => {
    const node = document.querySelector<HTMLElement>(selector);
    node?.focus();
    if (node || Date.now() > until) end();
    else setTimeout(look, kEveryMs);
  };
  look();
}
