// One message of a ticket: which way it went, how far it got, and a way to its trace.
import { useState } from 'react';
import { failure, notice } from '@/app/notices';
import { go } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Time } from '@/kit/Time';
import { traceOfMessage, type Message } from './api';

const tones = { delivered: 'good', failed: 'bad', deferred: 'warn', queued: 'accent' } as const;

export function MessageLine({ message }: { message: Message }) {
  const t = useWords('mail');
  const canSeeQueue = useSession().can('settings:manage');
  const [isBusy, setBusy] = useState(false);
  const isIncoming = Boolean(message.raw_url);
  const kind = isIncoming ? 'in' : message.public ? 'out' : 'note';
  const show = async () => {
    if (!message.raw_url) return;
    setBusy(true);
    try {
      const trace = await traceOfMessage(message.raw_url);
      if (trace) go(`/mail/trace/${trace}`);
      else notice(t('trace.none_of_message'), { kind: 'failed' });
    } catch (problem) { failure(problem); }
    setBusy(false);
  };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line py-2 first:border-0">
      <span className="w-28 shrink-0">{t(`trace.kind.${kind}`)}</span>
      <Time at={message.created_at} isExact />
      {message.delivery && <Badge tone={tones[message.delivery as keyof typeof tones] ?? 'plain'}>{t(`trace.delivery.${message.delivery}`, { defaultValue: message.delivery })}</Badge>}
      {canSeeQueue && (message.delivery === 'queued' || message.delivery === 'deferred') && <a href="#/mail/outbox">{t('trace.in_queue')}</a>}
      {message.message_id && <code className="min-w-0 flex-1 basis-48 text-xs break-all text-faint">{message.message_id}</code>}
      {isIncoming && <Button isBusy={isBusy} onClick={() => void show()}>{t('trace.show_way')}</Button>}
    </li>
  );
}
