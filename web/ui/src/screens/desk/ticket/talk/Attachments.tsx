// Files of a message: what they are called, how large they are, a look at them where that is safe, and the file itself.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { raw, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { bytes } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import type { Attachment, Comment } from '@/screens/desk/types';
import { isRisky, plainName, previewOf } from './preview';
import { redactFile } from './redact';
import { showPdf } from './showPdf';

function TextPreview({ file }: { file: Attachment }) {
  const t = useWords('ticket');
  const { data, error } = useQuery({
    queryKey: ['attachment_text', String(file.id)],
    queryFn: async () => {
      const answer = await raw(file.content_url);
      if (!answer.ok) throw new Error(t('file_gone'));
      return answer.text();
    },
  });
  if (error) return <p role="alert" className="text-bad">{error.message}</p>;
  return <pre tabIndex={0} role="region" aria-label={file.file_name} className="max-h-[60vh] overflow-auto rounded-md border border-line bg-ground p-3 text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">{data ?? ''}</pre>;
}

function PreviewDialog({ file, onClose }: { file: Attachment; onClose: () => void }) {
  const t = useWords('ticket');
  const name = plainName(file.file_name);
  return (
    <Dialog title={name} onClose={onClose}>
      {previewOf(file.content_type, file.size) === 'picture' ? <img src={file.content_url} alt={name} className="mx-auto max-h-[70vh] max-w-full" /> : <TextPreview file={file} />}
      <p className="mt-3"><a href={file.content_url} download={name}>{t('download')}</a> <span className="text-faint">{bytes(file.size)}</span></p>
    </Dialog>
  );
}

function FileRow({ ticket, comment, file, mayRedact }: { ticket: Id; comment: Comment; file: Attachment; mayRedact: boolean }) {
  const t = useWords('ticket');
  const [isShown, setShown] = useState(false);
  const name = plainName(file.file_name || t('attachment'));
  const preview = previewOf(file.content_type, file.size);
  const isGone = file.replaced && file.file_name === 'redacted.txt';
  return (
    <li className="flex max-w-full min-w-0 flex-wrap items-center gap-x-2 rounded-lg border border-line bg-paper px-2 py-1 text-sm">
      {preview === 'picture' && !file.replaced && (
        <button type="button" aria-label={t('preview_of', { name })} onClick={() => setShown(true)} className="size-10 shrink-0 overflow-hidden rounded bg-ground">
          <img src={file.content_url} alt="" loading="lazy" className="size-full object-cover" />
        </button>
      )}
      <a href={file.content_url} download={name} className="min-w-0 [overflow-wrap:anywhere]">{name}</a>
      <span className="whitespace-nowrap text-faint">{bytes(file.size)}</span>
      {file.replaced && <Badge tone="warn">{t(isGone ? 'file_removed' : 'file_replaced')}</Badge>}
      {isRisky(file.file_name) && <Badge tone="bad">{t('file_risky')}</Badge>}
      {preview === 'pdf' && <Button look="quiet" aria-label={t('preview_in_tab', { name })} title={t('preview_in_tab', { name })} onClick={() => void showPdf(file, t)}>{t('preview')}<span aria-hidden> ↗</span></Button>}
      {preview && preview !== 'pdf' && <Button look="quiet" onClick={() => setShown(true)}>{t('preview')}</Button>}
      {mayRedact && !isGone && <Button look="quiet" aria-label={t('redact_file', { name })} onClick={() => void redactFile(ticket, comment, file, t)}>{t('redact_short')}</Button>}
      {isShown && <PreviewDialog file={file} onClose={() => setShown(false)} />}
    </li>
  );
}

export function Attachments({ ticket, comment, mayRedact }: { ticket: Id; comment: Comment; mayRedact: boolean }) {
  const t = useWords('ticket');
  if (comment.attachments.length === 0) return null;
  return <ul aria-label={t('attachments')} className="flex flex-wrap gap-2">{comment.attachments.map((each) => <FileRow key={String(each.id)} ticket={ticket} comment={comment} file={each} mayRedact={mayRedact} />)}</ul>;
}
