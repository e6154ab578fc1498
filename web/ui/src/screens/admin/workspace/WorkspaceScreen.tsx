// The workspace as a whole: the end of all sessions after a break-in, and its own end.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { notice } from '@/app/notices';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Field } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { Card, Page } from '@/kit/Page';
import { tell, useAct } from '@/kit/act';
import { refresh } from '@/screens/me/api';
import { useInboxes } from '../people/api';
import { signEverybodyOut, wipeWorkspace } from '../security/api';

function SignOutCard() {
  const t = useWords('security');
  const [isBusy, act] = useAct();
  const run = async () => {
    if (!await confirmed({ title: t('workspace.out_title'), text: t('workspace.out_text'), action: t('workspace.out'), isDangerous: true })) return;
    await act(async () => {
      const done = await signEverybodyOut();
      notice([t('workspace.out_done', { count: done.signed_out }), done.spared ? t('workspace.spared', { count: done.spared }) : ''].filter(Boolean).join(' '), { ms: 10_000 });
      await refresh('own_sessions');
    });
  };
  return (
    <Card title={t('workspace.break_in')}>
      <p className="mb-3 max-w-prose">{t('workspace.out_hint')} <a href="#/security/tokens">{t('places.tokens')}</a></p>
      <Button id="sign-everybody-out" look="danger" isBusy={isBusy} onClick={() => void run()}>{t('workspace.out')}</Button>
    </Card>
  );
}

function WipeCard({ name }: { name: string }) {
  const t = useWords('security');
  const [typed, setTyped] = useState('');
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() !== name) { setTrouble(t('workspace.other_name')); return; }
    setBusy(true);
    setTrouble(undefined);
    try {
      await wipeWorkspace(typed.trim());
      location.reload();
    } catch (problem) {
      if (problem instanceof ApiError && problem.about('name')) setTrouble(t('workspace.other_name'));
      else tell(problem);
      setBusy(false);
    }
  };
  return (
    <Card title={t('workspace.wipe')} className="border-bad">
      <form id="wipe" onSubmit={(event) => void submit(event)}>
        <p className="mb-3 max-w-prose">{t('workspace.wipe_text')}</p>
        <Field label={t('workspace.type_name', { name })} error={trouble} boxClass="max-w-sm" autoComplete="off" spellCheck={false} required value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
        <Button type="submit" look="danger" isBusy={isBusy} disabled={typed.trim() !== name}>{t('workspace.wipe_do')}</Button>
      </form>
    </Card>
  );
}

export default function WorkspaceScreen() {
  const t = useWords('security');
  const { me } = useSession();
  const inboxes = useInboxes();
  return (
    <Page title={t('workspace.title')} intro={<Loaded query={inboxes}>{(data) => <>{t('workspace.intro', { name: data.workspace, count: data.inboxes.length })}</>}</Loaded>}>
      <SignOutCard />
      {Boolean(me.is_owner) && <Loaded query={inboxes}>{(data) => <WipeCard name={data.workspace} />}</Loaded>}
    </Page>
  );
}
