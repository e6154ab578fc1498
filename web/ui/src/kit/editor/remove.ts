// Deleting a definition: asked before, told after.
import { sameId, type Id } from '@/api/http';
import { deleteThing, isOutdated, readThing } from '@/api/versions';
import { failure, notice } from '@/app/notices';
import { go } from '@/app/place';
import { queries } from '@/app/session';
import { words } from '@/i18n';
import { confirmed } from '@/kit/Confirm';

interface Seen { path: string; name: string; thing: { id: Id }; title: string }
interface Wish extends Seen { text: string; back: string; release: () => void }

// Of what somebody else has changed meanwhile it is asked once more.
export async function deleteSeen(wish: Seen): Promise<boolean> {
  const { path, name, thing, title } = wish;
  const place = `${path}/${thing.id}`;
  try {
    await deleteThing(place, thing);
  } catch (problem) {
    if (!isOutdated(problem)) throw problem;
    if (!(await confirmed({ title: words('rules:delete.changed', { what: title }), text: words('rules:delete.changed_text'), action: words('common:delete'), isDangerous: true }))) return false;
    return deleteSeen({ ...wish, thing: await readThing<{ id: Id }>(place, name) });
  }
  return true;
}

// `thing` as it was read, `name`: its key in answers.
export async function removeDefinition(wish: Wish) {
  const { thing, title, text, back, release } = wish;
  if (!(await confirmed({ title: words('rules:delete.title', { what: title }), text, action: words('common:delete'), isDangerous: true }))) return;
  try {
    if (!(await deleteSeen(wish))) return;
  } catch (problem) { failure(problem); return; }
  // Lists forget it at once: they are shown before they are read again.
  queries.setQueriesData({ queryKey: ['defined'] }, (list: unknown) => (Array.isArray(list) ? list.filter((each: { id?: Id }) => !sameId(each.id, thing.id)) : list));
  release();
  go(back);
  notice(words('rules:delete.done', { what: title }));
  void queries.invalidateQueries();
}
