// What is shown once: a token, a link. It stays until it is put away.
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { CopyButton } from '@/kit/CopyButton';

export function SecretOnce({ title, hint, text, what, onDone }: { title: string; hint: string; text: string; what: string; onDone: () => void }) {
  const t = useWords('me');
  return (
    <div role="status" className="mb-4 rounded-lg border border-note-line bg-note p-3">
      <p className="font-semibold">{title}</p>
      <p className="text-sm">{hint}</p>
      <p className="my-2 flex flex-wrap items-center gap-2">
        <code className="secret rounded border border-line bg-paper px-2 py-1 [overflow-wrap:anywhere] select-all">{text}</code>
        <CopyButton text={text} what={what} />
      </p>
      <Button look="quiet" className="-mx-2.5" onClick={onDone}>{t('kept')}</Button>
    </div>
  );
}
