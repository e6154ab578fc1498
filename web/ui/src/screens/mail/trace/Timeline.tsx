// The steps of a trace as sentences; what the programs noted stands small beneath.
import { useWords, type Words } from '@/i18n';
import { dateTime } from '@/i18n/dates';
import { points } from '@/kit/plot_data';
import { reasonOfReply } from '../outbox/reason';
import type { Step, Trace } from './api';

const dots: Record<string, string> = { stored: 'bg-good', delivered: 'bg-good', suspended: 'bg-warn', deferred: 'bg-warn', failed: 'bg-bad', dropped: 'bg-bad' };

function sentence(t: Words, step: Step, trace: Trace): string {
  const { what, detail } = step;
  if (what === 'received') return t(trace.tls ? 'trace.step.received_tls' : 'trace.step.received', { helo: trace.helo || trace.client_ip, ip: trace.client_ip });
  if (what === 'authenticated') return t(`trace.step.authenticated_${/dmarc=(\w+)/.exec(detail)?.[1] ?? 'none'}`, { defaultValue: t('trace.step.authenticated_none') });
  if (what === 'redacted') return t('trace.step.redacted', { count: Number.parseInt(detail, 10) || 0 });
  if (what === 'classified') return t(`trace.step.classified_${detail.split(' ')[1] ?? 'accept'}`, { score: points(Number.parseFloat(detail) || 0), defaultValue: t('trace.step.classified', { score: detail }) });
  const ticket = /^ticket\/(\d+)(.*)$/.exec(detail);
  if (what === 'stored' && ticket) return t(ticket[2] ? 'trace.step.stored_by_person' : 'trace.step.stored', { id: ticket[1] });
  if (what === 'queued') return ticket ? t('trace.step.queued', { id: ticket[1] }) : t('trace.step.queued_own', { purpose: detail });
  if (what === 'suspended') return t('trace.step.suspended', { cause: t(`cause.${detail}`, { defaultValue: detail }) });
  if (what === 'deferred' || what === 'failed') return `${t(`trace.step.${what}`)} ${t(`reason.${reasonOfReply(detail)}`)}`;
  return t(`trace.step.${what}`, { defaultValue: what });
}

// "+1.2 s" behind the step before it; what took less than a second is not told.
function gap(t: Words, before: Step | undefined, now: Step): string {
  const seconds = before ? Math.round((Date.parse(now.at) - Date.parse(before.at)) / 1000) : 0;
  if (seconds < 1) return '';
  return seconds < 120 ? t('trace.later_seconds', { count: seconds }) : seconds < 7200 ? t('trace.later_minutes', { count: Math.round(seconds / 60) }) : t('trace.later_hours', { count: Math.round(seconds / 3600) });
}

export function Timeline({ trace }: { trace: Trace }) {
  const t = useWords('mail');
  return (
    <ol className="m-0 list-none p-0">
      {trace.steps.map((step, at) => (
        <li key={at} className="relative flex gap-3 pb-4 last:pb-0">
          {at < trace.steps.length - 1 && <span aria-hidden className="absolute top-4 bottom-0 left-[5px] w-0.5 bg-line" />}
          <span aria-hidden className={`mt-1.5 size-3 shrink-0 rounded-full ${dots[step.what] ?? 'bg-line-strong'}`} />
          <div className="min-w-0">
            <p>{sentence(t, step, trace)}</p>
            <p className="text-sm text-faint"><time dateTime={step.at}>{dateTime(step.at)}</time>{gap(t, trace.steps[at - 1], step) && ` · ${gap(t, trace.steps[at - 1], step)}`} · <code lang="en" className="break-all">{step.what}{step.detail && `: ${step.detail}`}</code></p>
          </div>
        </li>
      ))}
    </ol>
  );
}
