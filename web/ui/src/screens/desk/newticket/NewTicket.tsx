// Opening a ticket for somebody. A public text is mailed to him; an internal one is not. What was typed stays until it was sent.
import { useLayoutEffect, useMemo, useRef, useState, type FormEvent } from 'react';
import { ApiError, post, wordsOf } from '@/api/http';
import { useCommands, type Command } from '@/app/keys';
import { notice } from '@/app/notices';
import { go, useQueryParams } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Field, Select, TextField } from '@/kit/Field';
import { Keys } from '@/kit/Keys';
import { Page } from '@/kit/Page';
import { useInboxes } from '../list/people';
import { kPriorities, kTypes } from '@/screens/desk/types';
import { upload } from '../ticket/compose/uploads';
import { useAgents, useFields, useForms, useGroups } from '../ticket/data/queries';
import { CustomField } from './CustomField';
import { bodyOf, keepDraft, keptDraft, kEmpty, type NewTicket as Draft } from './draft';
import { Files } from './Files';
import { Requester } from './Requester';

const kBuiltIn = new Set(['subject', 'description', 'status', 'tickettype', 'priority', 'group', 'assignee']);
const kOpenStatuses = ['open', 'pending', 'hold', 'solved'];

export default function NewTicket() {
  const t = useWords('desk');
  const { can } = useSession();
  const given = useQueryParams().get('email');
  const [draft, setDraft] = useState<Draft>(() => ({ ...keptDraft(), ...(given ? { requester: given } : {}), ...(can('tickets:reply') ? {} : { isPublic: false }) }));
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const attempt = useRef({ text: '', key: '' });
  const { data: agents } = useAgents();
  const { data: groups } = useGroups();
  const { data: inboxes } = useInboxes();
  const { data: fields } = useFields();
  const { data: forms } = useForms();
  useLayoutEffect(() => { form.current?.querySelector<HTMLElement>('input')?.focus(); }, []);
  // Kept at once, not by an effect: who leaves right behind the last key would lose it.
  const newest = useRef(draft);
  const replace = (next: Draft) => { newest.current = next; keepDraft(next); setDraft(next); };
  const set = (change: Partial<Draft>) => replace({ ...newest.current, ...change });

  const active = (forms ?? []).filter((each) => each.active);
  const shown = active.find((each) => String(each.id) === draft.form) ?? active.find((each) => each.default);
  const custom = (fields ?? []).filter((each) => each.active && !kBuiltIn.has(each.type) && (!shown || shown.ticket_field_ids.some((id) => String(id) === String(each.id))));

  const send = async (event?: FormEvent) => {
    event?.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      const uploads: string[] = [];
      for (const file of draft.files) uploads.push((await upload(file, () => {})).token);
      const body = bodyOf(draft, uploads);
      const text = JSON.stringify(body);
      if (attempt.current.text !== text) attempt.current = { text, key: crypto.randomUUID() }; // the same again is one ticket
      const { ticket } = await post('/api/v2/tickets', body, { key: attempt.current.key });
      keepDraft(kEmpty);
      notice(t('new.opened', { number: String(ticket.id) }));
      go(`/tickets/${ticket.id}`);
    } catch (failed) {
      setProblem(failed instanceof ApiError ? failed : new ApiError(0, { title: wordsOf(failed) }));
      setBusy(false);
    }
  };
  const clear = async () => {
    if (await confirmed({ title: t('new.clear_ask'), action: t('new.clear'), isDangerous: true })) { replace(kEmpty); setProblem(null); }
  };
  const latest = useRef(send);
  latest.current = send;
  useCommands(useMemo<Command[]>(() => [{ id: 'new.send', title: t('new.send'), group: t('rail.new_ticket'), keys: 'Mod+Enter', inFields: true, run: () => void latest.current() }], [t]));

  const about = (field: string) => problem?.about(field);
  const named = ['requester', 'email', 'subject', 'body', 'comment', 'group_id', 'assignee_id', 'tags', 'email_ccs', 'inbox_id'];
  const isTyped = JSON.stringify({ ...draft, files: draft.files.length }) !== JSON.stringify({ ...kEmpty, files: 0 });
  useLayoutEffect(() => {
    if (!isTyped) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isTyped]);
  const pick = (name: keyof Draft, label: string, options: { value: string; name: string }[], none: string, error?: string) => (
    <Select label={label} error={error} value={String(draft[name])} onChange={(event) => set({ [name]: event.currentTarget.value })}>
      {none && <option value="">{none}</option>}{options.map((each) => <option key={each.value} value={each.value}>{each.name}</option>)}
    </Select>
  );
  return (
    <Page title={t('rail.new_ticket')} isWide>
      <form ref={form} onSubmit={(event) => void send(event)} className="grid gap-4 lg:grid-cols-[1fr_20rem]" noValidate>
        <section aria-label={t('new.message')} className="rounded-xl border border-line bg-paper p-4">
          {problem && !named.some(about) && <p role="alert" className="mb-3 rounded-md border border-bad bg-bad-ground p-3 text-bad">{problem.words}</p>}
          <Requester email={draft.requester} error={about('requester') ?? about('email')} onChange={(requester, requesterName) => set({ requester, requesterName })} />
          <Field label={t('new.cc')} hint={t('new.cc_hint')} error={about('email_ccs')} value={draft.ccs} onChange={(event) => set({ ccs: event.currentTarget.value })} />
          <Field label={t('column.subject')} error={about('subject')} value={draft.subject} onChange={(event) => set({ subject: event.currentTarget.value })} />
          <fieldset className="mb-2 flex flex-wrap gap-4"><legend className="sr-only">{t('new.who_reads')}</legend>
            {can('tickets:reply') && <label className="flex min-h-6 items-center gap-2"><input type="radio" name="public" className="accent-accent" checked={draft.isPublic} onChange={() => set({ isPublic: true })} />{t('new.public')}</label>}
            {can('notes:write') && <label className="flex min-h-6 items-center gap-2"><input type="radio" name="public" className="accent-accent" checked={!draft.isPublic} onChange={() => set({ isPublic: false })} />{t('new.internal')}</label>}
          </fieldset>
          <TextField label={t('new.text')} hint={t(draft.isPublic ? 'new.public_hint' : 'new.internal_hint')} error={about('body') ?? about('comment')} rows={12} value={draft.body} onChange={(event) => set({ body: event.currentTarget.value })}
            className={draft.isPublic ? '' : 'border-note-line! bg-note!'} />
          <Files files={draft.files} onChange={(files) => set({ files })} />
          <div className="flex flex-wrap items-center gap-2">
            <Button look="main" type="submit" isBusy={isBusy} disabled={!draft.body.trim()}>{t(draft.isPublic ? 'new.send' : 'new.save')}</Button><Keys keys="Mod+Enter" />
            {isTyped && <Button look="quiet" className="ml-auto" onClick={() => void clear()}>{t('new.clear')}</Button>}
          </div>
        </section>
        <section aria-label={t('new.properties')} className="rounded-xl border border-line bg-paper p-4">
          {(inboxes?.length ?? 0) > 1 && pick('inbox', t('column.brand'), inboxes!.map((each) => ({ value: String(each.id), name: each.name ? `${each.name} (${each.address})` : each.address })), t('new.usual_inbox'), about('inbox_id'))}
          {active.length > 1 && pick('form', t('column.ticket_form'), active.map((each) => ({ value: String(each.id), name: each.name })), t('new.usual_form'))}
          {pick('status', t('column.status'), kOpenStatuses.map((each) => ({ value: each, name: t(`status.${each}`) })), '')}
          {pick('priority', t('column.priority'), kPriorities.map((each) => ({ value: each, name: t(`priority.${each}`) })), '–')}
          {pick('type', t('column.type'), kTypes.map((each) => ({ value: each, name: t(`type.${each}`) })), '–')}
          {(groups?.length ?? 0) > 0 && pick('group', t('column.group'), groups!.map((each) => ({ value: String(each.id), name: each.name })), '–', about('group_id'))}
          {pick('assignee', t('column.assignee'), (agents ?? []).filter((each) => each.active).map((each) => ({ value: String(each.id), name: each.name || each.email })), t('bulk.nobody'), about('assignee_id'))}
          <Field label={t('column.tags')} hint={t('bulk.tags_hint')} error={about('tags')} value={draft.tags} onChange={(event) => set({ tags: event.currentTarget.value })} />
          {custom.map((each) => <CustomField key={String(each.id)} field={each} value={draft.fields[String(each.id)]} error={about(String(each.id))} onChange={(value) => set({ fields: { ...draft.fields, [String(each.id)]: value } })} />)}
        </section>
      </form>
    </Page>
  );
}
