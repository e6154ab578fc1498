// What is known of a customer, to be changed; or a new one.
import { useState, type FormEvent } from 'react';
import { ApiError, post } from '@/api/http';
import { isOutdated } from '@/api/versions';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Field, Select, TextField } from '@/kit/Field';
import { tell } from '@/kit/act';
import { ClashNote } from '@/kit/editor/ClashNote';
import { Fresh } from '@/kit/editor/Fresh';
import { useOver } from '@/kit/editor/useOver';
import type { Person } from '@/screens/desk/types';
import { moreOf } from './fields/values';
import { useFieldForm } from './fields/useFieldForm';
import { lines, refreshCustomer, useOrganizations } from './data';

const kTexts = ['name', 'phone', 'external_id'] as const;

interface Props { person: Person | null; onClose: () => void }

export function PersonForm({ person, onClose }: Props) {
  return <Fresh path={`/api/v2/users/${person?.id}`} name="user" shown={person}>{(fresh, again) => <Shown person={fresh} onClose={onClose} onAgain={again} />}</Fresh>;
}

function Shown({ person, onClose, onAgain }: Props & { onAgain: () => void }) {
  const t = useWords('desk');
  const { data: organizations } = useOrganizations('');
  const [email, setEmail] = useState('');
  const [texts, setTexts] = useState<Record<string, string>>({ name: person?.name ?? '', phone: person?.phone ?? '', external_id: person?.external_id ?? '', notes: person?.notes ?? '', details: person?.details ?? '' });
  const [tags, setTags] = useState((person?.tags ?? []).join(', '));
  const [organization, setOrganization] = useState(String(person?.organization_id ?? ''));
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const over = useOver<Person>(`/api/v2/users/${person?.id}`, 'user', person);
  const own = useFieldForm('user_fields', person && moreOf(person).user_fields, problem);
  const all = organizations?.pages.flatMap((each) => each.organizations) ?? [];
  const set = (name: string, value: string) => setTexts((was) => ({ ...was, [name]: value }));

  const save = async () => {
    setBusy(true);
    setProblem(null);
    const user: Record<string, unknown> = { ...Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, value.trim() || null])), name: texts.name!.trim() || undefined, tags: lines(tags) };
    if (organization !== String(person?.organization_id ?? '')) user.organization_id = organization || null;
    const fields = own.changed();
    if (fields) user.user_fields = fields;
    try {
      const { id } = person ? await over.change(user) : (await post<{ user: Person }>('/api/v2/users', { user: { ...user, email: email.trim() } })).user;
      await refreshCustomer(id);
      notice(t('common:saved'));
      onClose();
      if (!person) go(`/people/users/${id}`);
    } catch (failed) {
      setBusy(false);
      if (!isOutdated(failed)) setProblem(failed instanceof ApiError ? failed : new ApiError(0));
    }
  };
  const about = (name: string) => problem?.about(name);
  const isNamed = (problem !== null && ['email', 'tags', 'organization_id', 'notes', 'details', ...kTexts].some((each) => about(each))) || (problem !== null && own.isNamedBy(problem));
  return (
    <Dialog title={t(person ? 'people.edit' : 'people.new')} onClose={onClose}>
      <form className="w-[min(32rem,85vw)]" onSubmit={(event: FormEvent) => { event.preventDefault(); void save(); }}>
        {over.isClash && <ClashNote onMine={() => void over.accept().then(save, tell)} onTheirs={onAgain} />}
        {problem && !isNamed && <p role="alert" className="mb-3 text-bad">{problem.words}</p>}
        {!person && <Field autoFocus type="email" required label={t('common:email')} error={about('email')} value={email} onChange={(event) => setEmail(event.currentTarget.value)} />}
        {kTexts.map((each) => <Field key={each} label={t(`people.field.${each}`)} error={about(each)} value={texts[each]} onChange={(event) => set(each, event.currentTarget.value)} />)}
        <Select label={t('column.organization')} error={about('organization_id')} value={organization} onChange={(event) => setOrganization(event.currentTarget.value)}>
          <option value="">–</option>{all.map((each) => <option key={String(each.id)} value={String(each.id)}>{each.name}</option>)}
        </Select>
        <Field label={t('column.tags')} hint={t('bulk.tags_hint')} error={about('tags')} value={tags} onChange={(event) => setTags(event.currentTarget.value)} />
        {own.inputs}
        <TextField label={t('people.field.details')} rows={2} error={about('details')} value={texts.details} onChange={(event) => set('details', event.currentTarget.value)} />
        <TextField label={t('people.field.notes')} hint={t('people.notes_hint')} rows={3} error={about('notes')} value={texts.notes} onChange={(event) => set('notes', event.currentTarget.value)} />
        <div className="flex justify-end gap-2"><Button onClick={onClose}>{t('common:cancel')}</Button><Button look="main" type="submit" isBusy={isBusy}>{t('common:save')}</Button></div>
      </form>
    </Dialog>
  );
}
