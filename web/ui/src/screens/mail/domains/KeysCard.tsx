// The keys that sign replies: which there are, what comes next for each, and changing them by hand.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '@/api/http';
import { notice } from '@/app/notices';
import { useWords } from '@/i18n';
import { tell } from '@/kit/act';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Loaded } from '@/kit/Loaded';
import { Card, Empty } from '@/kit/Page';
import { Time } from '@/kit/Time';
import { Said } from '../Said';
import { Copyable } from './Copyable';
import { keysQuery, keyTones, retire, rotate, seenTones, type DkimKey } from './keys';

function Key({ signing, isBusy, onRetire }: { signing: DkimKey; isBusy: boolean; onRetire: () => void }) {
  const t = useWords('mail');
  const since = signing.retired_at ?? signing.stopped_at ?? signing.activated_at;
  return (
    <li className="border-t border-line py-3 first:border-t-0 first:pt-0">
      <div className="flex flex-wrap items-center gap-2">
        <code className="font-semibold break-all">{signing.selector}</code><span className="text-sm text-faint">{signing.algorithm}</span>
        <Badge tone={keyTones[signing.state]}>{t(`keys.is.${signing.state}`)}</Badge>
        {signing.state !== 'retired' && <Badge tone={seenTones[signing.in_dns]}>{t(`keys.dns.${signing.in_dns}`)}</Badge>}
        {since && <span className="text-sm text-faint">{t('keys.since')} <Time at={since} /></span>}
        {signing.state !== 'retired' && <Button look="quiet" className="ml-auto" isBusy={isBusy} aria-label={t('keys.retire_of', { selector: signing.selector })} onClick={onRetire}>{t('keys.retire')}</Button>}
      </div>
      <p className="mt-1 max-w-prose text-sm"><Said text={signing.explanation} />{signing.next_at && <> <span className="text-faint">(<Time at={signing.next_at} isExact />)</span></>}</p>
      {signing.record && signing.state !== 'retired' && signing.in_dns !== 'seen' && (
        <dl className="mt-2 grid gap-2"><Copyable label={t('record.full_name')} text={signing.record.name} what={t('record.copy_full_name', { title: signing.selector })} /><Copyable label={t('record.value')} text={signing.record.value} what={t('record.copy_value', { title: signing.selector })} /></dl>
      )}
    </li>
  );
}

export function KeysCard({ domain }: { domain: string }) {
  const t = useWords('mail');
  const query = useQuery(keysQuery(domain));
  const [isBusy, setBusy] = useState(false);
  const act = async (work: () => Promise<void>, done: string, refused?: (words: string) => Promise<void>) => {
    setBusy(true);
    try {
      await work();
      notice(done);
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 422 && refused) await refused(problem.about('selector') ?? problem.words);
      else tell(problem);
    } finally { setBusy(false); }
  };
  const change = async (now: boolean) => {
    const word = now ? 'stolen' : 'change';
    if (await confirmed({ title: t(`keys.${word}_ask`), text: t(`keys.${word}_text`), action: t(`keys.${word}`), isDangerous: now })) await act(() => rotate(domain, now), t(`keys.${word}_done`));
  };
  const giveUp = async (each: DkimKey) => {
    const ask = (text: string) => confirmed({ title: t('keys.retire_ask', { selector: each.selector }), text, action: t('keys.retire'), isDangerous: true });
    if (!(await ask(t('keys.retire_text')))) return;
    // What the server warns of can be meant all the same.
    await act(() => retire(domain, each.selector, false), t('keys.retired'), async (words) => {
      if (await ask(`${words} ${t('keys.retire_anyway')}`)) await act(() => retire(domain, each.selector, true), t('keys.retired'));
    });
  };
  return (
    <Card title={t('keys.title')} actions={<><Button isBusy={isBusy} onClick={() => void change(false)}>{t('keys.change')}</Button><Button look="danger" isBusy={isBusy} onClick={() => void change(true)}>{t('keys.stolen')}</Button></>}>
      <Loaded query={query}>{(list) => (list.length === 0 ? <Empty>{t('keys.none')}</Empty>
        : <ul aria-label={t('keys.title')} className="m-0 list-none p-0">{list.map((each) => <Key key={each.selector} signing={each} isBusy={isBusy} onRetire={() => void giveUp(each)} />)}</ul>)}</Loaded>
      <p className="mt-3 max-w-prose text-faint">{t('keys.rotation')}</p>
    </Card>
  );
}
