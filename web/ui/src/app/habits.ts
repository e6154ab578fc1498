// What a browser may keep after signing out: how its user likes the page, never what is on it. The only use of browser storage.
export type Habit = 'look' | 'keys' | 'columns' | 'after_send';

const place = (habit: Habit) => `postern.${habit}`;

// `usual` when nothing was kept, or nothing that can be read.
export function habit<T>(name: Habit, usual: T): T {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place(name)) ?? 'null');
    return kept !== null && typeof kept === typeof usual ? (kept as T) : usual;
  } catch { return usual; }
}

export function keepHabit(name: Habit, value: unknown) {
  try { localStorage.setItem(place(name), JSON.stringify(value)); } catch { /* a browser that keeps nothing */ }
}
