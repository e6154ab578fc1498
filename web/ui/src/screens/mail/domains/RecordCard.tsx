// One record: what it is for, what to paste where, what DNS says now, and what to do.
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import type { DnsRecord } from '../api';
import { Said } from '../Said';
import { Copyable } from './Copyable';
import { toneOf } from './steps';
import { useAdviceWords } from './words';

const marks = { ok: '✓', missing: '✕', different: '✕', warning: '!', unknown: '?' } as const;

export function RecordCard({ record, isNew }: { record: DnsRecord; isNew: boolean }) {
  const t = useWords('mail');
  const words = useAdviceWords();
  const title = words.title(record.purpose);
  const isDone = record.state === 'ok';
  const paste = (
    <dl className="mt-2 grid gap-2">
      <div className="grid gap-x-3 sm:grid-cols-[8.5rem_1fr]"><dt className="text-sm text-faint">{t('record.type')}</dt><dd className="m-0"><strong>{record.type}</strong> <span className="text-faint">· TTL {record.ttl}</span></dd></div>
      <Copyable label={t('record.name')} text={record.host} what={t('record.copy_name', { title })} />
      <Copyable label={t('record.full_name')} text={record.owner} what={t('record.copy_full_name', { title })} />
      {record.value && <Copyable label={t('record.value')} text={record.value} what={t('record.copy_value', { title })} />}
    </dl>
  );
  return (
    <article aria-label={`${title} ${record.owner}`} className={`mb-3 rounded-xl border bg-paper p-4 ${isDone ? 'border-line' : 'border-line-strong'}`}>
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="mr-auto">{title}</h3>
        {isNew && <Badge tone="accent">{t('record.changed')}</Badge>}
        {!record.required && <Badge>{t('record.optional')}</Badge>}
        <Badge tone={toneOf(record.state)}><span aria-hidden>{marks[record.state]}</span>{words.state(record.state)}</Badge>
      </div>
      <p className="mt-1 max-w-prose text-faint">{words.why(record)}</p>
      {isDone ? <details className="mt-2"><summary className="cursor-pointer text-accent">{t('record.show')}</summary>{paste}</details> : paste}
      <div className={`mt-3 rounded-md border-l-4 px-3 py-2 ${isDone ? 'border-good bg-good-ground/40' : record.state === 'warning' ? 'border-warn bg-warn-ground/60' : record.state === 'unknown' ? 'border-line-strong bg-ground' : 'border-bad bg-bad-ground/50'}`}>
        <p className="font-medium">{words.todo(record)}</p>
        <p className="mt-0.5 text-sm [overflow-wrap:anywhere]"><Said text={record.explanation} /></p>
        {record.found.length > 0 && (
          <div className="mt-1 text-sm"><span className="text-faint">{t('record.found')}</span>
            <ul className="m-0 list-none p-0">{record.found.map((each, at) => <li key={at} className="font-mono text-[0.9em] break-all">{each}</li>)}</ul>
          </div>
        )}
        {record.notes.length > 0 && <ul className="mt-1 list-disc pl-5 text-sm">{record.notes.map((each) => <li key={each}><Said text={each} /></li>)}</ul>}
      </div>
    </article>
  );
}
