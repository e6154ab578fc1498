// One request now, as the saved webhook makes it or as the one in the editor would.
import { useState } from 'react';
import { post, wordsOf, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { TextField } from '@/kit/Field';
import { Card } from '@/kit/Page';
import { bodyOf, troubleWords, type WebhookDraft } from './model';

interface Reply { status: number | null; payload: string | null; problem: string | null; took_ms: number }
const kSample = JSON.stringify({ type: 'ticket.created', id: '1', subject: 'zen:ticket:1', detail: { id: 1, subject: 'A test' }, event: {} }, null, 2);

export function TestSend({ id, draft, isDirty }: { id: Id | null; draft: WebhookDraft; isDirty: boolean }) {
  const t = useWords('webhooks');
  const [payload, setPayload] = useState(kSample);
  const [reply, setReply] = useState<Reply | null>(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    setProblem('');
    setReply(null);
    try {
      const { endpoint, http_method, request_format, custom_headers, authentication } = bodyOf(draft, true);
      const request = id !== null && !isDirty ? { payload } : { payload, endpoint, http_method, request_format, custom_headers, ...(authentication ? { authentication } : {}) };
      const { response } = await post<{ response: Reply }>(`/api/v2/webhooks/test${id !== null && !isDirty ? `?webhook_id=${id}` : ''}`, { request });
      setReply(response);
    } catch (error) {
      setProblem(wordsOf(error));
    } finally { setBusy(false); }
  };
  const isGood = reply !== null && reply.status !== null && reply.status >= 200 && reply.status < 300;
  return (
    <Card title={t('test.title')}>
      <p className="mb-2 max-w-prose text-sm text-faint">{t(id !== null && !isDirty ? 'test.as_saved' : 'test.as_draft')}</p>
      <TextField label={t('test.payload')} rows={5} className="font-mono text-sm" spellCheck={false} value={payload} onChange={(event) => setPayload(event.currentTarget.value)} />
      <Button isBusy={isBusy} disabled={!draft.endpoint.trim()} onClick={() => void send()}>{t('test.send')}</Button>
      {problem && <p role="alert" className="mt-2 text-bad">{problem}</p>}
      {reply && (
        <div role="status" className="mt-3">
          <p className="flex flex-wrap items-center gap-2"><Badge tone={isGood ? 'good' : 'bad'}>{reply.status === null ? t('test.no_answer') : t('test.answer', { status: reply.status })}</Badge><span className="text-sm text-faint">{t('took', { ms: reply.took_ms })}</span></p>
          {reply.problem && <p className="mt-1 text-bad">{troubleWords(t, reply.problem)}</p>}
          {reply.payload && <pre className="mt-2 max-h-60 overflow-auto rounded border border-line bg-ground p-2 text-xs whitespace-pre-wrap" tabIndex={0} aria-label={t('test.body')}>{reply.payload}</pre>}
        </div>
      )}
    </Card>
  );
}
