// Which people a list shows.
import type { Person } from './api';

export interface Filter { text: string; role: string; state: string }

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

// `state`: "active", "suspended", "missing" (a second factor that is demanded of them), or all.
export function filterPeople<T extends Pick<Person, 'id' | 'name' | 'email' | 'suspended'>>(people: T[], { text, role, state }: Filter, roleOf: (person: T) => string, missing: ReadonlySet<string>): T[] {
  const words = plain(text).split(/\s+/).filter(Boolean);
  return people.filter((each) => {
    const haystack = plain(`${each.name} ${each.email}`);
    if (!words.every((word) => haystack.includes(word))) return false;
    if (role && roleOf(each) !== role) return false;
    if (state === 'active') return !each.suspended;
    if (state === 'suspended') return each.suspended;
    return state === 'missing' ? missing.has(String(each.id)) : true;
  });
}
