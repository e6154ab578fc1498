// await confirmed({title, text, action}): asks before what cannot be undone; kit/Confirm shows it.
export interface Question { title: string; text?: string; action: string; isDangerous?: boolean; answer: (yes: boolean) => void }

let question: Question | null = null;
const watchers = new Set<() => void>();
const ask = (next: Question | null) => { question = next; for (const watcher of watchers) watcher(); };

export function confirmed(wanted: Omit<Question, 'answer'>): Promise<boolean> {
  question?.answer(false);
  return new Promise((resolve) => ask({ ...wanted, answer: (yes) => { ask(null); resolve(yes); } }));
}

export const followQuestion = (told: () => void) => { watchers.add(told); return () => { watchers.delete(told); }; };
export const openQuestion = () => question;
