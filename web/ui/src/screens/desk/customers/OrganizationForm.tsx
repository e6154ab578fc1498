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
import { useGroups } from '../ticket/data/queries';
import type { Organization } from '@/screens/desk/types';
import { moreOf } from './fields/values';
import { useFieldForm } from './fields/useFieldForm';
import { lines, refreshOrganizations } from './data';

interface Props { organization: Organization | null; onClose: () => void }

export function OrganizationForm({ organization, onClose }: Props) {
  return <Fresh path={`/api/v2/organizations/${organization?.id}`} name="organization" shown={organization}>{(fresh, again) => <Shown organization={fresh} onClose={onClose} onAgain={again} />}</Fresh>;
}

function Shown({ organization, onClose, onAgain }: Props & { onAgain: () => void }) {
  const t = useWords('desk');
  const { data: groups } = useGroups();
  const [name, setName] = useState(organization?.name ?? '');
  const [domains, setDomains] = useState((organization?.domain_names ?? []).join(', '));
  const [tags, setTags] = useState((organization?.tags ?? []).join(', '));
  const [group, setGroup] = useState(String(organization?.group_id ?? ''));
  const [details, setDetails] = useState(organization?.details ?? '');
  const [notes, setNotes] = useState(organization?.notes ?? '');
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const over = useOver<Organization>(`/api/v2/organizations/${organization?.id}`, 'organization', organization);
  const own = useFieldForm('organization_fields', organization && moreOf(organization).organization_fields, problem);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    const fields = own.changed();
    const wanted = { organization: { ...(fields && { organization_fields: fields }), name: name.trim(), domain_names: lines(domains), tags: lines(tags), group_id: group || null, details: details.trim(), notes: notes.trim() } };
    try {
      const { id } = organization ? await over.change(wanted.organization) : (await post('/api/v2/organizations', wanted)).organization;
      await refreshOrganizations(id);
      notice(t('common:saved'));
      onClose();
      if (!organization) go(`/people/organizations/${id}`);
    } catch (failed) {
      setBusy(false);
      if (!isOutdated(failed)) setProblem(failed instanceof ApiError ? failed : new ApiError(0));
    }
  };
  const about = (field: string) => problem?.about(field);
  const isNamed = (problem !== null && ['name', 'domain_names', 'tags', 'group_id', 'details', 'notes'].some(about)) || (problem !== null && own.isNamedBy(problem));
  return (
    <Dialog title={t(organization ? 'organizations.edit' : 'organizations.new')} onClose={onClose}>
      <form className="w-[min(32rem,85vw)]" onSubmit={(event: FormEvent) => { event.preventDefault(); void save(); }}>
        {over.isClash && <ClashNote onMine={() => void over.accept().then(save, tell)} onTheirs={onAgain} />}
        {problem && !isNamed && <p role="alert" className="mb-3 text-bad">{problem.words}</p>}
        <Field autoFocus required label={t('common:name')} error={about('name')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Field label={t('organizations.domains')} hint={t('organizations.domains_hint')} error={about('domain_names')} value={domains} onChange={(event) => setDomains(event.currentTarget.value)} />
        <Select label={t('column.group')} hint={t('organizations.group_hint')} error={about('group_id')} value={group} onChange={(event) => setGroup(event.currentTarget.value)}>
          <option value="">–</option>{(groups ?? []).map((each) => <option key={String(each.id)} value={String(each.id)}>{each.name}</option>)}
        </Select>
        <Field label={t('column.tags')} hint={t('bulk.tags_hint')} error={about('tags')} value={tags} onChange={(event) => setTags(event.currentTarget.value)} />
        {own.inputs}
        <TextField rows={2} label={t('people.field.details')} error={about('details')} value={details} onChange={(event) => setDetails(event.currentTarget.value)} />
        <TextField rows={3} label={t('people.field.notes')} hint={t('people.notes_hint')} error={about('notes')} value={notes} onChange={(event) => setNotes(event.currentTarget.value)} />
        <div className="flex justify-end gap-2"><Button onClick={onClose}>{t('common:cancel')}</Button><Button look="main" type="submit" isBusy={isBusy}>{t('common:save')}</Button></div>
      </form>
    </Dialog>
  );
}
