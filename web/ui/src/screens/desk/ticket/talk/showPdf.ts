// Opens a PDF in the browser's viewer (preview.ts says why there).
import { raw } from '@/api/http';
import { notice } from '@/app/notices';
import type { Words } from '@/i18n';
import type { Attachment } from '@/screens/desk/types';
import { isPdf } from './preview';

const kKeptMs = 5 * 60_000; // long enough to be read and stored from the viewer

export async function showPdf(file: Attachment, t: Words) {
  const tab = window.open('about:blank', '_blank'); // at once: later, a browser takes it for an advertisement
  if (!tab) { notice(t('tab_blocked'), { kind: 'failed' }); return; }
  tab.opener = null;
  const refuse = (words: string) => { tab.close(); notice(words, { kind: 'failed' }); };
  try {
    const answer = await raw(file.content_url);
    const bytes = answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
    if (!bytes) { refuse(t('file_gone')); return; }
    if (!isPdf(bytes)) { refuse(t('no_pdf')); return; }
    const address = URL.createObjectURL(new Blob([bytes], { type: 'application/pdf' }));
    tab.location.replace(address);
    setTimeout(() => URL.revokeObjectURL(address), kKeptMs);
  } catch { refuse(t('file_gone')); }
}
