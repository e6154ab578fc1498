// The first minutes with an empty workspace: what to do next, ticked off by what is really so.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { get } from '@/api/http';
import { useSession } from '@/app/session';
import { screens } from '@/app/screens';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { CopyButton } from '@/kit/CopyButton';
import { useAgents } from '../ticket/data/queries';
import { useInboxes } from './people';
import { useRefetchOnChange, useTicketCount } from './views';

interface MailDomain { domain: string; state: string; problems: string[] }
const kRepliesKey = ['welcome', 'replies'] as const;

function Step({ number, title, isDone, isShort = false, children }: { number: number; title: string; isDone: boolean; isShort?: boolean; children: ReactNode }) {
  const t = useWords('desk');
  return (
    <li className={`flex gap-4 p-4 ${isDone ? '' : 'bg-paper'}`}>
      <span aria-hidden className={`mt-0.5 flex size-8 shrink-0 items-center justify-center rounded-full border text-sm font-bold ${isDone ? 'border-good bg-good-ground text-good' : 'border-line-strong text-faint'}`}>{isDone ? '✓' : number}</span>
      <div className="min-w-0 flex-1">
        <h2 className="flex flex-wrap items-center gap-2">{title}<Badge tone={isDone ? 'good' : 'plain'}>{t(isDone ? 'welcome.done' : 'welcome.to_do')}</Badge></h2>
        {!(isDone && isShort) && <div className="mt-1 text-faint">{children}</div>}
      </div>
    </li>
  );
}

// A link only where there is such a screen and the role shows it.
function To({ path, children }: { path: string; children: ReactNode }) {
  const { can } = useSession();
  const screen = screens.find((each) => each.path === path);
  return screen && (!screen.permission || can(screen.permission)) ? <a href={`#${path}`}>{children}</a> : <span>{children}</span>;
}

export function Welcome() {
  const t = useWords('desk');
  const { me, can } = useSession();
  const { data: inboxes } = useInboxes();
  const { data: tickets } = useTicketCount();
  const { data: agents } = useAgents();
  useRefetchOnChange(kRepliesKey);
  const { data: replies } = useQuery({ queryKey: kRepliesKey, staleTime: 0, enabled: (tickets?.value ?? 0) > 0, queryFn: async () => (await get('/api/v2/search/count?query=commenter%3Ame')).count });
  const { data: domains } = useQuery({ queryKey: ['welcome', 'domains'], enabled: can('settings:manage'), staleTime: 60_000, queryFn: async () => (await get<{ mail_domains: MailDomain[] }>('/api/v2/mail_domains')).mail_domains });
  const address = inboxes?.[0]?.address;
  const hasMail = (tickets?.value ?? 0) > 0;
  const missing = domains?.filter((each) => each.problems.length > 0) ?? [];
  return (
    <section aria-labelledby="welcome" className="mx-auto max-w-2xl p-4">
      <div className="py-4">
        <h2 id="welcome" className="text-xl font-bold">{t('welcome.title', { name: me.name && !me.name.includes('@') ? me.name : '' })}</h2>
        <p className="mt-1 text-faint">{t('welcome.intro')}</p>
      </div>
      <ol className="divide-y divide-line overflow-hidden rounded-xl border border-line">
        <Step number={1} title={t('welcome.send')} isDone={hasMail} isShort>
          <p>{t('welcome.send_text')}</p>
          {address && <p className="mt-2 flex flex-wrap items-center gap-2"><code className="rounded bg-ground px-2 py-1 text-ink">{address}</code><CopyButton text={address} what={address} /><a href={`mailto:${address}?subject=${encodeURIComponent(t('welcome.mail_subject'))}&body=${encodeURIComponent(t('welcome.mail_body'))}`}>{t('welcome.write')}</a></p>}
        </Step>
        <Step number={2} title={t('welcome.watch')} isDone={hasMail} isShort><p>{t('welcome.watch_text')} <a href="#/suspended">{t('welcome.suspended')}</a></p></Step>
        <Step number={3} title={t('welcome.reply')} isDone={(replies ?? 0) > 0} isShort><p>{t('welcome.reply_text')} {hasMail && <a href="#/">{t('welcome.open_tickets')}</a>}</p></Step>
        {can('settings:manage') && (
          <Step number={4} title={t('welcome.dns')} isDone={domains !== undefined && missing.length === 0} isShort>
            <p>{t('welcome.dns_text')}</p>
            {missing.map((each) => <p key={each.domain} className="mt-1">{t('welcome.dns_missing', { domain: each.domain, what: each.problems.map((one) => one.toUpperCase()).join(', ') })}</p>)}
            <p className="mt-1"><To path="/mail/domains">{t('welcome.dns_go')}</To></p>
          </Step>
        )}
        {can('users:manage') && <Step number={5} title={t('welcome.invite')} isDone={(agents?.length ?? 0) > 1} isShort><p>{t('welcome.invite_text')} <To path="/people">{t('welcome.invite_go')}</To></p></Step>}
      </ol>
      <p className="mt-4 text-sm text-faint">{t('welcome.keys')} <kbd>?</kbd> · <kbd>Ctrl</kbd> <kbd>K</kbd></p>
    </section>
  );
}
