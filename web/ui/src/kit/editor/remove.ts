// Deleting a definition: asked before, told after.
import { del, sameId, type Id } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { go } from '@/app/place';
import { queries } from '@/app/session';
import { words } from '@/i18n';
import { confirmed } from '@/kit/Confirm';

export async function removeDefinition({ path, id, title, text, back, release }: { path: string; id: Id; title: string; text: string; back: string; release: () => void }) {
  if (!(await confirmed({ title: words('rules:delete.title', { what: title }), text, action: words('common:delete'), isDangerous: true }))) return;
  try {
    await del(`${path}/${id}`);
  } catch (problem) { failure(problem); return; }
  // Lists forget it at once: they are shown before they are read again.
  queries.setQueriesData({ queryKey: ['defined'] }, (list: unknown) => (Array.isArray(list) ? list.filter((each: { id?: Id }) => !sameId(each.id, id)) : list));
  release();
  go(back);
  notice(words('rules:delete.done', { what: title }));
  void queries.invalidateQueries();
}
