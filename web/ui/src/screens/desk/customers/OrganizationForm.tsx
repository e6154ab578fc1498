import { useState, type FormEvent } from 'react';
import { ApiError, post, put } from '@/api/http';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Field, Select, TextField } from '@/kit/Field';
import { useGroups } from '../ticket/data/queries';
import type { Organization } from '@/screens/desk/types';
import { moreOf } from './fields/values';
import { useFieldForm } from './fields/useFieldForm';
import { lines, refreshOrganizations } from './data';

export function OrganizationForm({ organization, onClose }: { organization: Organization | null; onClose: () => void }) {
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
  const own = useFieldForm('organization_fields', organization && moreOf(organization).organization_fields, problem);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    const fields = own.changed();
    const wanted = { organization: { ...(fields && { organization_fields: fields }), name: name.trim(), domain_names: lines(domains), tags: lines(tags), group_id: group || null, details: details.trim(), notes: notes.trim() } };
    try {
      const answer = organization ? await put(`/api/v2/organizations/${organization.id}`, wanted) : await post('/api/v2/organizations', wanted);
      await refreshOrganizations(answer.organization.id);
      notice(t('common:saved'));
      onClose();
      if (!organization) go(`/people/organizations/${answer.organization.id}`);
    } catch (failed) {
      setProblem(failed instanceof ApiError ? failed : new ApiError(0));
      setBusy(false);
    }
  };
  const about = (field: string) => problem?.about(field);
  const isNamed = (problem !== null && ['name', 'domain_names', 'tags', 'group_id', 'details', 'notes'].some(about)) || (problem !== null && own.isNamedBy(problem));
  return (
    <Dialog title={t(organization ? 'organizations.edit' : 'organizations.new')} onClose={onClose}>
      <form className="w-[min(32rem,85vw)]" onSubmit={(event) => void save(event)}>
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
