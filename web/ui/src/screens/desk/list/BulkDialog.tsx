// Questions that a bulk change asks first: which tags, which macro, which ticket to merge into.
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { get } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Field, Select, TextField } from '@/kit/Field';
import { Empty } from '@/kit/Page';
import { mergeInto, updateMany } from './bulk';
import { applyMacro } from './macro';
import type { Asking } from './BulkBar';
import type { DoBulk } from './useBulk';

interface AskProps { ids: string[]; count: number; doBulk: DoBulk; onClose: () => void }

const words = (text: string) => text.split(/[\s,]+/).map((each) => each.trim()).filter(Boolean);
const Acts = ({ action, isOff = false, onClose }: { action: string; isOff?: boolean; onClose: () => void }) => {
  const t = useWords();
  return <div className="mt-4 flex justify-end gap-2"><Button onClick={onClose}>{t('cancel')}</Button><Button look="main" type="submit" disabled={isOff}>{action}</Button></div>;
};

function Tags({ doBulk, onClose }: AskProps) {
  const t = useWords('desk');
  const [add, setAdd] = useState('');
  const [take, setTake] = useState('');
  const { data } = useQuery({ queryKey: ['tags', 'used'], queryFn: () => get('/api/v2/tags?page%5Bsize%5D=100') });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onClose();
    const change: Record<string, unknown> = {};
    if (words(add).length > 0) change.additional_tags = words(add);
    if (words(take).length > 0) change.remove_tags = words(take);
    void doBulk({ title: t('bulk.tags_title'), start: updateMany(change) });
  };
  return (
    <form onSubmit={submit}>
      <Field autoFocus label={t('bulk.tags_add')} hint={t('bulk.tags_hint')} list="bulk-tags" value={add} onChange={(event) => setAdd(event.currentTarget.value)} />
      <Field label={t('bulk.tags_remove')} list="bulk-tags" value={take} onChange={(event) => setTake(event.currentTarget.value)} />
      <datalist id="bulk-tags">{data?.tags.map((each) => <option key={each.name} value={each.name} />)}</datalist>
      <Acts action={t('bulk.apply')} isOff={words(add).length + words(take).length === 0} onClose={onClose} />
    </form>
  );
}

function Macro({ doBulk, onClose }: AskProps) {
  const t = useWords('desk');
  const [chosen, setChosen] = useState('');
  const { data } = useQuery({ queryKey: ['macros', 'active'], queryFn: () => get('/api/v2/macros/active?page%5Bsize%5D=100') });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const macro = data?.macros.find((each) => String(each.id) === chosen);
    if (!macro) return;
    onClose();
    void doBulk({ title: t('bulk.macro_title', { title: macro.title }), start: applyMacro(macro.id) });
  };
  if (data?.macros.length === 0) return <Empty>{t('bulk.no_macros')}</Empty>;
  return (
    <form onSubmit={submit}>
      <Select label={t('bulk.macro')} hint={t('bulk.macro_hint')} value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
        <option value="">–</option>{data?.macros.map((each) => <option key={String(each.id)} value={String(each.id)}>{each.title}</option>)}
      </Select>
      <Acts action={t('bulk.apply')} isOff={!chosen} onClose={onClose} />
    </form>
  );
}

function Merge({ ids, doBulk, onClose }: AskProps) {
  const t = useWords('desk');
  const [target, setTarget] = useState(() => [...ids].sort((a, b) => Number(a) - Number(b))[0] ?? '');
  const [comment, setComment] = useState('');
  const { data } = useQuery({ queryKey: ['tickets', 'some', ids.join()], queryFn: () => get(`/api/v2/tickets/show_many?ids=${ids.join(',')}`) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onClose();
    const merge = mergeInto(target, comment.trim());
    void doBulk({ title: t('bulk.merge_title', { target }), start: (all) => merge(all.filter((each) => each !== target)) });
  };
  return (
    <form onSubmit={submit}>
      <fieldset className="mb-3"><legend className="mb-1 text-sm font-semibold">{t('bulk.merge_into')}</legend>
        <div className="max-h-60 overflow-auto">
          {(data?.tickets ?? []).map((each) => (
            <label key={String(each.id)} className="flex items-start gap-2 py-1"><input type="radio" name="target" className="mt-1.5 accent-accent" checked={String(each.id) === target} onChange={() => setTarget(String(each.id))} /><span><span className="text-faint">#{String(each.id)}</span> {each.subject || t('no_subject')}</span></label>
          ))}
        </div>
      </fieldset>
      <TextField label={t('bulk.merge_comment')} hint={t('bulk.merge_hint')} value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
      <Acts action={t('bulk.merge')} isOff={!target} onClose={onClose} />
    </form>
  );
}

export default function BulkDialog({ asking, ...rest }: AskProps & { asking: Asking }) {
  const t = useWords('desk');
  const Form = { tags: Tags, macro: Macro, merge: Merge }[asking];
  return <Dialog title={t(`bulk.${asking}_dialog`, { count: rest.count })} onClose={rest.onClose}><Form {...rest} /></Dialog>;
}
