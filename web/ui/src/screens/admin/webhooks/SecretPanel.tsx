// The secret that requests are signed with: shown to somebody who has just proved who he is, changed with a day of grace.
import { useState } from 'react';
import { ApiError, get, post, type Id } from '@/api/http';
import { failure } from '@/app/notices';
import { useWords } from '@/i18n';
import { dateTime } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { CopyButton } from '@/kit/CopyButton';
import { Dialog } from '@/kit/Dialog';
import { Card } from '@/kit/Page';
import { kPath, type Secret } from './model';

export function SecretDialog({ secret, isNew, onClose }: { secret: Secret; isNew: boolean; onClose: () => void }) {
  const t = useWords('webhooks');
  return (
    <Dialog title={t('secret.title')} onClose={onClose}>
      <p className="mb-3 max-w-prose">{t(isNew ? 'secret.now' : 'secret.shown')}</p>
      <div className="mb-3 flex items-center gap-2"><code className="min-w-0 flex-1 rounded border border-line bg-ground px-2 py-1 [overflow-wrap:anywhere]" data-secret>{secret.secret}</code><CopyButton text={secret.secret ?? ''} what={t('secret.title')} /></div>
      {secret.previous_expires_at && <p className="mb-3 max-w-prose text-warn">{t('secret.both', { until: dateTime(secret.previous_expires_at) })}</p>}
      <div className="flex justify-end"><Button look="main" onClick={onClose}>{t('secret.noted')}</Button></div>
    </Dialog>
  );
}

const kSample = `import base64, hashlib, hmac
key = base64.b64decode(secret.removeprefix("whsec_"))
text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
expected = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
good = any(hmac.compare_digest(expected, each) for each in headers["webhook-signature"].split(" "))`;

export function SecretPanel({ id }: { id: Id }) {
  const t = useWords('webhooks');
  const [shown, setShown] = useState<{ secret: Secret; isNew: boolean } | null>(null);
  const fetchSecret = async (isNew: boolean) => {
    const path = `${kPath}/${id}/signing_secret`;
    try {
      const { signing_secret } = isNew ? await post<{ signing_secret: Secret }>(path) : await get<{ signing_secret: Secret }>(path);
      setShown({ secret: signing_secret, isNew });
    } catch (problem) {
      if (problem instanceof ApiError && problem.problem.type === 'urn:postern:problem:fresh-factor-required') return; // the proof was not given
      failure(problem);
    }
  };
  const rotate = async () => {
    if (await confirmed({ title: t('secret.rotate_title'), text: t('secret.rotate_text'), action: t('secret.rotate') })) await fetchSecret(true);
  };
  return (
    <Card title={t('secret.title')} actions={<><Button onClick={() => void fetchSecret(false)}>{t('secret.show')}</Button><Button onClick={() => void rotate()}>{t('secret.rotate')}</Button></>}>
      <p className="max-w-prose text-sm text-faint">{t('secret.hint')}</p>
      <details className="mt-2">
        <summary className="cursor-pointer font-semibold">{t('secret.check')}</summary>
        <div className="mt-2 flex justify-end"><CopyButton text={kSample} what={t('secret.sample')} /></div>
        <pre className="mt-1 overflow-x-auto rounded border border-line bg-ground p-2 text-xs" tabIndex={0} aria-label={t('secret.sample')}>{kSample}</pre>
        <p className="mt-2 max-w-prose text-sm text-faint">{t('secret.check_text')}</p>
      </details>
      {shown && <SecretDialog secret={shown.secret} isNew={shown.isNew} onClose={() => setShown(null)} />}
    </Card>
  );
}
