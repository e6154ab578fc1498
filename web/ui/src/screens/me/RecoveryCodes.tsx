// Recovery codes, shown once: to copy, print or keep as a file.
import { notice } from '@/app/notices';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';

// A page of its own in a frame, so that nothing but the codes is on the paper.
function print(title: string, text: string) {
  const frame = document.createElement('iframe');
  frame.title = title;
  frame.className = 'sr-only';
  document.body.append(frame);
  const page = frame.contentDocument;
  if (!page) return frame.remove();
  page.title = title;
  const list = page.createElement('pre');
  list.textContent = `${title}\n\n${text}`;
  page.body.append(list);
  frame.contentWindow?.addEventListener('afterprint', () => frame.remove());
  frame.contentWindow?.print();
}

function save(name: string, text: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const t = useWords('me');
  const text = codes.join('\n');
  return (
    <div role="status" className="mt-4 rounded-lg border border-note-line bg-note p-4">
      <h3>{t('codes.title')}</h3>
      <p className="mb-2 max-w-prose">{t('codes.why')}</p>
      <ul className="codes mb-3 grid max-w-md grid-cols-2 gap-x-6 gap-y-1">{codes.map((code) => <li key={code}><code className="select-all">{code}</code></li>)}</ul>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => void navigator.clipboard.writeText(text).then(() => notice(t('common:copied')))}>{t('codes.copy')}</Button>
        <Button onClick={() => print(t('codes.print_title', { host: location.host }), text)}>{t('codes.print')}</Button>
        <Button onClick={() => save('postern-recovery-codes.txt', `${t('codes.print_title', { host: location.host })}\n\n${text}\n`)}>{t('codes.save')}</Button>
        <Button look="main" onClick={onDone}>{t('codes.kept')}</Button>
      </div>
    </div>
  );
}
