// Asks for the name of something that one will want to tell from others.
import { useState, type FormEvent } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Field } from '@/kit/Field';

interface Props { title: string; label: string; name: string; action?: string; trouble?: string; isBusy?: boolean; onSave: (name: string) => void; onClose: () => void }

export function NameDialog({ title, label, name: before, action, trouble, isBusy = false, onSave, onClose }: Props) {
  const t = useWords();
  const [name, setName] = useState(before);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) onSave(name.trim());
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <Field label={label} required maxLength={100} autoFocus value={name} error={trouble} onChange={(event) => setName(event.currentTarget.value)} onFocus={(event) => event.currentTarget.select()} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="main" isBusy={isBusy}>{action ?? t('save')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
