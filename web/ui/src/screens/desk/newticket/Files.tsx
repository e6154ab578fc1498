// Files that go with the first message.
import { useRef } from 'react';
import { useWords } from '@/i18n';
import { bytes } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { itemOf, type FileItem } from '../ticket/compose/uploads';

export function Files({ files, onChange }: { files: FileItem[]; onChange: (files: FileItem[]) => void }) {
  const t = useWords('desk');
  const box = useRef<HTMLInputElement>(null);
  return (
    <div className="mb-3">
      <input ref={box} type="file" multiple hidden onChange={(event) => { onChange([...files, ...[...(event.currentTarget.files ?? [])].map(itemOf)]); event.currentTarget.value = ''; }} />
      <Button onClick={() => box.current?.click()}>{t('new.attach')}</Button>
      {files.length > 0 && (
        <ul aria-label={t('new.files')} className="mt-2 space-y-1">
          {files.map((each) => (
            <li key={each.key} className="flex items-center gap-2 text-sm"><span className="min-w-0 truncate">{each.name}</span><span className="text-faint">{bytes(each.size)}</span>{each.problem && <span role="alert" className="text-bad">{each.problem}</span>}
              <Button look="quiet" aria-label={t('new.detach', { name: each.name })} onClick={() => onChange(files.filter((one) => one !== each))}>×</Button></li>
          ))}
        </ul>
      )}
    </div>
  );
}
