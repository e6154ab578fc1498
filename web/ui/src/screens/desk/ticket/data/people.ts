// Names of people, asked for together and kept until somebody else signs in.
import { useQuery } from '@tanstack/react-query';
import { get, type Id } from '@/api/http';
import { queries } from '@/app/session';
import type { Person } from '@/screens/desk/types';

export type People = ReadonlyMap<string, Person>;
const personKey = (id: Id) => ['person', String(id)] as const;
const kAtOnce = 100;

export function keepPeople(list: Person[]) {
  for (const each of list) queries.setQueryData(personKey(each.id), each);
}

const known = (id: Id) => queries.getQueryData<Person>(personKey(id));

// A name is a decoration: what cannot be asked for is shown by its number.
async function load(ids: string[]): Promise<Map<string, Person>> {
  const missing = ids.filter((each) => !known(each));
  for (let at = 0; at < missing.length; at += kAtOnce) {
    const found = await get(`/api/v2/users/show_many?ids=${missing.slice(at, at + kAtOnce).join(',')}`);
    keepPeople(found.users);
  }
  return here(ids);
}

const here = (ids: string[]) => new Map(ids.flatMap((each) => { const person = known(each); return person ? [[each, person] as const] : []; }));

export function usePeople(wanted: (Id | null | undefined)[]): People {
  const ids = [...new Set(wanted.filter((each): each is Id => each != null && each !== 0).map(String))].sort();
  const { data } = useQuery({ queryKey: ['people', ids.join()], queryFn: () => load(ids), staleTime: 5 * 60_000, enabled: ids.length > 0, placeholderData: () => here(ids), retry: false });
  return data ?? here(ids);
}

export const nameOf = (people: People, id: Id | null | undefined, otherwise: string) => {
  const person = id == null ? undefined : people.get(String(id));
  return person ? person.name || person.email : otherwise;
};
