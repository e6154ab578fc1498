// Rules for mail before it is mail of the desk: who is always let in, who is kept out, how long what is held waits.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { notice } from '@/app/notices';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { tell, useAct } from '@/kit/act';
import { Field, Select } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { Card, Page } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { addSender, moveSender, removeSender, sendersChanged, useSenders, type Sender, type SenderList } from './data';
import { Waiting } from './Waiting';

const kNone = { pattern: '', list: 'block' as SenderList, note: '' };

function AddSender() {
  const t = useWords('suspended');
  const [wish, setWish] = useState(kNone);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await addSender({ ...wish, pattern: wish.pattern.trim() });
      notice(t(`senders.added_${wish.list}`, { pattern: wish.pattern.trim() }));
      setWish({ ...kNone, list: wish.list });
      setProblem(null);
      await sendersChanged();
    } catch (error) {
      if (error instanceof ApiError && error.status === 422) setProblem(error);
      else tell(error);
    } finally { setBusy(false); }
  };
  return (
    <Card title={t('senders.add_title')}>
      <form noValidate onSubmit={(event) => void add(event)}>
        <div className="grid gap-x-3 sm:grid-cols-[2fr_1fr]">
          <Field label={t('senders.pattern')} hint={t('senders.pattern_hint')} value={wish.pattern} error={problem?.about('pattern')} onChange={(event) => setWish({ ...wish, pattern: event.currentTarget.value })} />
          <Select label={t('senders.list')} value={wish.list} error={problem?.about('list')} onChange={(event) => setWish({ ...wish, list: event.currentTarget.value as SenderList })}>
            <option value="block">{t('senders.block')}</option><option value="allow">{t('senders.allow')}</option>
          </Select>
        </div>
        <Field label={t('senders.note')} value={wish.note} error={problem?.about('note')} onChange={(event) => setWish({ ...wish, note: event.currentTarget.value })} />
        {problem && !['pattern', 'list', 'note'].some((each) => problem.about(each)) && <p role="alert" className="mb-3 text-bad">{problem.words}</p>}
        <Button look="main" type="submit" isBusy={isBusy} disabled={!wish.pattern.trim()}>{t('senders.add')}</Button>
      </form>
    </Card>
  );
}

export default function Senders() {
  const t = useWords('suspended');
  const mayChange = useSession().can('settings:manage');
  const [list, setList] = useState<'' | SenderList>('');
  const found = useSenders(list);
  const [isBusy, act] = useAct();
  const move = (each: Sender) => void act(() => moveSender(each.id, each.list === 'allow' ? 'block' : 'allow').then(sendersChanged), t(each.list === 'allow' ? 'senders.added_block' : 'senders.added_allow', { pattern: each.pattern }));
  const remove = (each: Sender) => void act(() => removeSender(each.id).then(sendersChanged)).then((isDone) => {
    if (isDone) notice(t('senders.removed', { pattern: each.pattern }), { undo: () => void act(() => addSender({ pattern: each.pattern, list: each.list, note: each.note }).then(sendersChanged)) });
  });
  return (
    <Page title={t('senders.title')} intro={<>{t('senders.intro')} <a href="#/suspended">{t('senders.back')}</a></>}>
      <Card title={t('senders.listed')} actions={(
        <select aria-label={t('senders.list')} value={list} onChange={(event) => setList(event.currentTarget.value as typeof list)} className="min-h-8 rounded-md border border-line-strong bg-paper px-2">
          <option value="">{t('senders.both')}</option><option value="allow">{t('senders.allow')}</option><option value="block">{t('senders.block')}</option>
        </select>
      )}>
        <Loaded query={found}>{(data) => (
          <Table caption={t('senders.listed')} rows={data.pages.flatMap((page) => page.sender_lists)} rowKey={(each) => String(each.id)} empty={t('senders.none')} isStacked columns={[
            { title: t('senders.pattern'), cell: (each) => <span className="font-semibold [overflow-wrap:anywhere]">{each.pattern}</span> },
            { title: t('senders.list'), cell: (each) => <Badge tone={each.list === 'allow' ? 'good' : 'bad'}>{t(`senders.${each.list}`)}</Badge> },
            { title: t('senders.note'), cell: (each) => <span className="[overflow-wrap:anywhere]">{each.note}</span> },
            { title: t('senders.since'), cell: (each) => <Time at={each.created_at} /> },
            ...(mayChange ? [{ title: t('common:actions'), isTitleHidden: true, className: 'text-right whitespace-nowrap', cell: (each: Sender) => (
              <>
                <Button look="quiet" disabled={isBusy} onClick={() => move(each)}>{t(each.list === 'allow' ? 'senders.to_block' : 'senders.to_allow')}<span className="sr-only">: {each.pattern}</span></Button>
                <Button look="quiet" disabled={isBusy} onClick={() => remove(each)}>{t('common:remove')}<span className="sr-only">: {each.pattern}</span></Button>
              </>
            ) }] : []),
          ]} />
        )}</Loaded>
        {found.hasNextPage && <p className="mt-2 text-center"><Button isBusy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{t('common:more')}</Button></p>}
      </Card>
      {mayChange && <AddSender />}
      <Waiting mayChange={mayChange} />
    </Page>
  );
}
