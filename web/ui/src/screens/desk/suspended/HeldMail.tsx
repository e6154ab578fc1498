// One held message: why, from whom, what the gate found out, its text on asking.
import { useId, useState } from 'react';
import { wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { bytes } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Time } from '@/kit/Time';
import { CommentText } from '../ticket/talk/CommentText';
import { redactionWords } from '../ticket/talk/Redactions';
import { Verdicts } from '../ticket/talk/Verdicts';
import type { SenderList } from '../senders/data';
import { Menu } from '../ticket/parts';
import { useHeldText, type Held } from './data';
import { Score } from './Score';

export interface HeldActs { recover: (mail: Held) => void; remove?: (mail: Held) => void; hold: (mail: Held, isHeld: boolean) => void; list?: (mail: Held, list: SenderList, scope: 'address' | 'domain') => void; select: (id: string) => void }

function Text({ id }: { id: string }) {
  const t = useWords('suspended');
  const { data, error } = useHeldText(id, true);
  if (error) return <p role="alert" className="mt-2 text-bad">{wordsOf(error)}</p>;
  if (!data) return null;
  return (
    <div className="mt-3 rounded-lg border border-line bg-ground p-3">
      {data.content ? <CommentText text={data.content} isOurs={false} areQuotesOpen={false} /> : <p className="text-faint">{t('no_text')}</p>}
      {data.content_truncated && <p className="mt-2 text-sm text-faint">{t('truncated')}</p>}
      {data.attachments.length > 0 && (
        <ul aria-label={t('files')} className="mt-3 flex flex-wrap gap-2">
          {data.attachments.map((each, at) => <li key={at} className="rounded border border-line bg-paper px-2 py-1 text-sm [overflow-wrap:anywhere]">{each.file_name || t('file')} <span className="text-faint">{bytes(each.size)} · {each.content_type}</span>{each.replaced && <Badge tone="warn">{t('replaced')}</Badge>}</li>)}
        </ul>
      )}
    </div>
  );
}

function SenderMenu({ mail, act }: { mail: Held; act: NonNullable<HeldActs['list']> }) {
  const t = useWords('suspended');
  const { email } = mail.author;
  const domain = email.slice(email.lastIndexOf('@') + 1);
  const items = (['allow', 'block'] as const).flatMap((list) => [
    { id: `${list} address`, title: t(`senders.always_${list}`, { who: email }), run: () => act(mail, list, 'address') },
    { id: `${list} domain`, title: t(`senders.always_${list}`, { who: `@${domain}` }), run: () => act(mail, list, 'domain') },
  ]);
  return <Menu label={t('senders.of_mail', { email })} look="quiet" isRight={false} isUp items={items}>{t('senders.menu')} <span aria-hidden>▴</span></Menu>;
}

export function HeldMail({ mail, isChosen, isBusy, acts }: { mail: Held; isChosen: boolean; isBusy: boolean; acts: HeldActs }) {
  const t = useWords('suspended');
  const words = useWords('ticket');
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const subject = mail.subject || t('no_subject');
  const known = ['spam', 'dmarc', 'unproven', 'temperror', 'blocked', 'redaction_rule', 'unread_file', 'suspended_user'].includes(mail.cause);
  return (
    <article tabIndex={-1} aria-label={subject} data-held={mail.id} aria-busy={isBusy} className={`border-b border-line px-4 py-3 ${isChosen ? 'bg-accent-ground' : 'bg-paper'}`}>
      <div className="flex items-start gap-3">
        <label className="-m-1 flex size-7 shrink-0 cursor-pointer items-center justify-center"><input type="checkbox" className="size-4 accent-accent" checked={isChosen} onChange={() => acts.select(mail.id)} aria-label={t('select', { subject })} /></label>
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-baseline gap-x-3"><h2 className="min-w-0 [overflow-wrap:anywhere]">{subject}</h2><span className="ml-auto text-sm text-faint"><Time at={mail.created_at} /></span></div>
          <p className="text-sm text-faint [overflow-wrap:anywhere]">{t(mail.recipient ? 'from_to' : 'from', { from: mail.author.email || t('empty_address'), to: mail.recipient ?? '' })}</p>
          <p className="mt-2 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm"><Badge tone="bad">{known ? t(`cause.${mail.cause}`) : mail.cause}</Badge><Badge>{t('score', { score: mail.score.toFixed(1) })}</Badge>{known && <span>{t(`cause_why.${mail.cause}`)}</span>}</p>
          <div className="mt-2"><Verdicts verdicts={mail.verdicts} /></div>
          {mail.redactions.length > 0 && <p className="mt-2 text-sm text-faint"><Badge tone="warn">{words('redacted')}</Badge> {mail.redactions.map((each) => redactionWords(each, words)).join(' · ')}</p>}
          <Score spam={mail.verdicts.spam} />
          <div className="mt-3 flex flex-wrap gap-2">
            <Button look="main" isBusy={isBusy} onClick={() => acts.recover(mail)}>{t('recover')}</Button>
            <Button aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>{t(isOpen ? 'hide_text' : 'show_text')}</Button>
            {mail.author.email && <Button look="quiet" disabled={isBusy} onClick={() => acts.hold(mail, mail.cause !== 'suspended_user')}>{t(mail.cause === 'suspended_user' ? 'let_in' : 'hold')}</Button>}
            {mail.author.email && acts.list && <SenderMenu mail={mail} act={acts.list} />}
            {acts.remove && <Button look="danger" disabled={isBusy} onClick={() => acts.remove?.(mail)}>{t('delete')}</Button>}
          </div>
          <div id={id}>{isOpen && <Text id={mail.id} />}</div>
        </div>
      </div>
    </article>
  );
}
