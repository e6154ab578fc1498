// Files that will go with the reply, and how far they are.
import type { Id } from '@/api/http';
import { useWords } from '@/i18n';
import { bytes } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { draftOf, editDraft } from './draftStore';
import { uploadFile } from './sending';
import { itemOf, type FileItem } from './uploads';

export function addFiles(ticket: Id, files: File[]) {
  const items = files.map(itemOf);
  if (items.length === 0) return;
  editDraft(ticket, { files: [...draftOf(ticket).files, ...items], isOpen: true });
  for (const each of items) void uploadFile(ticket, each.key);
}

function Item({ ticket, item }: { ticket: Id; item: FileItem }) {
  const t = useWords('ticket');
  const remove = () => editDraft(ticket, { files: draftOf(ticket).files.filter((each) => each.key !== item.key) });
  const percent = Math.round(item.done * 100);
  return (
    <li className={`flex max-w-full min-w-0 items-center gap-2 rounded-lg border px-2 py-0.5 text-sm ${item.problem ? 'border-bad bg-bad-ground' : 'border-line bg-paper'}`}>
      <span className="truncate">{item.name}</span><span className="whitespace-nowrap text-faint">{bytes(item.size)}</span>
      {!item.token && !item.problem && <progress aria-label={t('uploading', { name: item.name })} max={100} value={percent} className="h-1.5 w-20" />}
      {item.problem && <><span role="alert" className="text-bad">{item.problem}</span><Button look="quiet" onClick={() => void uploadFile(ticket, item.key)}>{t('common:again')}</Button></>}
      <button type="button" aria-label={`${t('common:remove')} ${item.name}`} onClick={remove} className="size-6 rounded-full text-faint hover:bg-bad-ground hover:text-bad">×</button>
    </li>
  );
}

export function Files({ ticket, files }: { ticket: Id; files: FileItem[] }) {
  const t = useWords('ticket');
  if (files.length === 0) return null;
  return <ul aria-label={t('files')} className="flex flex-wrap gap-2 px-3 pb-2">{files.map((each) => <Item key={each.key} ticket={ticket} item={each} />)}</ul>;
}
