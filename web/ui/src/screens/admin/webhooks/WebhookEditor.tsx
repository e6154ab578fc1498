// One webhook: where it sends what, how it is signed, what came of it.
import { useCallback, useState } from 'react';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { EditorPage } from '@/kit/editor/EditorPage';
import { removeDefinition } from '@/kit/editor/remove';
import { SaveBar } from '@/kit/editor/SaveBar';
import { useEditor } from '@/kit/editor/useEditor';
import { Check, Field, Select } from '@/kit/Field';
import { Card, Page } from '@/kit/Page';
import { AuthenticationFields, Headers } from './Access';
import { Deliveries } from './Deliveries';
import { bodyOf, draftOf, formats, kPath, methods, type Secret, type Webhook, type WebhookDraft } from './model';
import { SecretDialog, SecretPanel } from './SecretPanel';
import { Subscriptions } from './Subscriptions';
import { TestSend } from './TestSend';

function Editor({ hook }: { hook: Webhook | null }) {
  const t = useWords('webhooks');
  const [made, setMade] = useState<{ hook: Webhook; secret: Secret } | null>(null);
  const onSaved = useCallback((saved: Webhook, isNew: boolean) => {
    notice(t('saved'));
    if (!isNew) return;
    if (saved.signing_secret?.secret) setMade({ hook: saved, secret: saved.signing_secret });
    else go(`/admin/webhooks/${saved.id}`, { replace: true });
  }, [t]);
  const editor = useEditor<Webhook, WebhookDraft>({ path: kPath, name: 'webhook', saved: hook, toDraft: draftOf, toBody: bodyOf, onSaved });
  const { draft, set, problems } = editor;
  const general = problems.get('');
  // The server says of a moved endpoint that what it authenticates with is to be given anew: that belongs to its field.
  const placed = general?.includes('authentication:') ? new Map([['authentication', general.slice(general.indexOf('authentication:') + 16)]]) : problems;
  return (
    <Page title={hook ? hook.name : t('add')} actions={hook && <Button look="danger" onClick={() => void removeDefinition({ path: kPath, name: 'webhook', thing: hook, title: hook.name, text: t('delete_text'), back: '/admin/webhooks', release: editor.release })}>{t('common:delete')}</Button>}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); editor.save(); }}>
        <Card>
          <Field label={t('name')} required value={draft.name} error={problems.get('name')} onChange={(event) => set({ name: event.currentTarget.value })} />
          <Field label={t('description')} value={draft.description} error={problems.get('description')} onChange={(event) => set({ description: event.currentTarget.value })} />
          <Field label={t('endpoint')} hint={t('endpoint_hint')} required type="url" placeholder="https://hooks.example.com/postern" value={draft.endpoint} error={problems.get('endpoint')} onChange={(event) => set({ endpoint: event.currentTarget.value })} />
          <div className="grid grid-cols-2 gap-3">
            <Select label={t('method')} value={draft.http_method} error={problems.get('http_method')} onChange={(event) => set({ http_method: event.currentTarget.value })}>{methods.map((each) => <option key={each}>{each}</option>)}</Select>
            <Select label={t('format')} value={draft.request_format} error={problems.get('request_format')} onChange={(event) => set({ request_format: event.currentTarget.value })}>{formats.map((each) => <option key={each} value={each}>{t(`formats.${each}`)}</option>)}</Select>
          </div>
          <Check label={t('active')} hint={t('active_hint')} checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
        </Card>
        <Card title={t('events.title')}><Subscriptions value={draft.subscriptions} problems={problems} onChange={(subscriptions) => set({ subscriptions })} /></Card>
        <Card title={t('access')}>
          <AuthenticationFields value={draft.authentication} stored={hook?.authentication?.type ?? ''} problems={placed} onChange={(authentication) => set({ authentication })} />
          <Headers value={draft.custom_headers} problems={problems} onChange={(custom_headers) => set({ custom_headers })} />
        </Card>
        {hook && <SecretPanel id={hook.id} />}
        <TestSend id={hook?.id ?? null} draft={draft} isDirty={editor.isDirty} />
        {hook && <Deliveries hook={hook} />}
        <SaveBar editor={editor} back="/admin/webhooks" fieldWords={(key) => t(`part.${String(key)}`)} />
      </form>
      {made && <SecretDialog secret={made.secret} isNew onClose={() => { setMade(null); go(`/admin/webhooks/${made.hook.id}`, { replace: true }); }} />}
    </Page>
  );
}

export default function WebhookEditor({ params }: ScreenProps) {
  return <EditorPage<Webhook> path={kPath} name="webhook" id={params.id!}>{(hook) => <Editor hook={hook} />}</EditorPage>;
}
