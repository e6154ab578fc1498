// Networks whose connections are refused, for mail and web, for some hours or for good.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Check, Field, Select } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { Table, type Column } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { tell, useAct } from '@/kit/act';
import { addBlock, removeBlock, securityChanged, useBlocks, type Block, type Feed } from '../security/api';
import { contains, parseAddress, parseNetwork } from './cidr';

const kHours = [1, 24, 24 * 7, 24 * 30, 0];

function BlockForm({ address }: { address: string }) {
  const t = useWords('security');
  const [network, setNetwork] = useState('');
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState(24);
  const [isMeant, setMeant] = useState(false);
  const [troubles, setTroubles] = useState<{ network?: string; reason?: string }>({});
  const [isBusy, setBusy] = useState(false);
  const parsed = parseNetwork(network.trim());
  const own = parseAddress(address);
  const shutsOut = Boolean(parsed && own && contains(parsed, own));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!parsed) { setTroubles({ network: t('networks.bad') }); return; }
    setTroubles({});
    setBusy(true);
    try {
      await addBlock({ network: network.trim(), reason: reason.trim(), hours: hours || null, confirm_lockout: shutsOut && isMeant });
      setNetwork('');
      setReason('');
      setMeant(false);
      await securityChanged('blocks');
    } catch (problem) {
      const found = problem instanceof ApiError ? { network: problem.about('network') ?? problem.about('network_block'), reason: problem.about('reason') } : {};
      if (found.network || found.reason) setTroubles(found);
      else tell(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} aria-label={t('blocks.add')} className="mb-3">
      <div className="grid gap-x-4 sm:grid-cols-[1fr_2fr_1fr]">
        <Field label={t('blocks.network')} error={troubles.network} required maxLength={64} spellCheck={false} placeholder="198.51.100.0/24" value={network} onChange={(event) => setNetwork(event.currentTarget.value)} />
        <Field label={t('blocks.reason')} error={troubles.reason} required maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <Select label={t('blocks.for')} value={hours} onChange={(event) => setHours(Number(event.currentTarget.value))}>
          {kHours.map((each) => <option key={each} value={each}>{each === 0 ? t('blocks.for_good') : each < 24 ? t('support.hours', { count: each }) : t('support.days', { count: each / 24 })}</option>)}
        </Select>
      </div>
      <div role="alert">{shutsOut && <div className="mb-3 rounded-md border border-bad bg-bad-ground px-3 py-2 text-bad"><p className="mb-1 font-semibold">{t('blocks.shuts_out', { address })}</p><Check label={t('networks.meant')} checked={isMeant} onChange={(event) => setMeant(event.currentTarget.checked)} /></div>}</div>
      <Button type="submit" look="main" isBusy={isBusy} disabled={shutsOut && !isMeant}>{t('blocks.add')}</Button>
    </form>
  );
}

// Lists of networks that others keep, and how fresh they are.
function Feeds({ feeds }: { feeds: Feed[] }) {
  const t = useWords('security');
  const columns: Column<Feed>[] = [
    { title: t('blocks.feed'), cell: (row) => <span className="[overflow-wrap:anywhere]">{row.url}</span> },
    { title: t('blocks.holds_for'), cell: (row) => t(`blocks.${row.holds_for}`) },
    { title: t('blocks.networks'), cell: (row) => number(row.networks) },
    { title: t('blocks.fetched'), cell: (row) => <Time at={row.fetched_at} /> },
    { title: t('blocks.feed_problem'), cell: (row) => (row.problem ? <span className="text-bad [overflow-wrap:anywhere]">{row.problem}</span> : '–') },
  ];
  return <><h3 className="mt-4 mb-1">{t('blocks.feeds')}</h3><Table isStacked caption={t('blocks.feeds')} columns={columns} rows={feeds} rowKey={(row) => `${row.holds_for} ${row.url}`} /></>;
}

export function BlocksCard({ address }: { address: string }) {
  const t = useWords('security');
  const query = useBlocks();
  const [isBusy, act] = useAct();
  const remove = async (block: Block) => {
    if (!await confirmed({ title: t('blocks.remove_title', { network: block.network }), text: t('blocks.remove_text'), action: t('blocks.remove') })) return;
    await act(async () => { await removeBlock(block.network); await securityChanged('blocks'); });
  };
  const columns: Column<Block>[] = [
    { title: t('blocks.network'), cell: (row) => <code className="[overflow-wrap:anywhere]">{row.network}</code> },
    { title: t('blocks.reason'), cell: (row) => <span className="[overflow-wrap:anywhere]">{row.reason}</span> },
    { title: t('blocks.until'), cell: (row) => (row.until ? <Time at={row.until} isExact /> : t('blocks.for_good')) },
    { title: t('common:actions'), isTitleHidden: true, className: 'text-right', cell: (row) => <Button look="quiet" isBusy={isBusy} aria-label={t('blocks.remove_one', { network: row.network })} onClick={() => void remove(row)}>{t('blocks.remove')}</Button> },
  ];
  const isNotOffered = query.error instanceof ApiError && query.error.status === 404;
  return (
    <Card title={t('blocks.title')}>
      <p className="mb-3 max-w-prose text-faint">{t('blocks.intro')}</p>
      {isNotOffered ? <p>{t('blocks.not_offered')}</p> : (
        <>
          <BlockForm address={address} />
          <Loaded query={query}>{(data) => (
            <>
              <Table isStacked caption={t('blocks.title')} columns={columns} rows={data.network_blocks} rowKey={(row) => row.network} empty={t('blocks.none')} />
              {data.listed_by_configuration > 0 && <p className="mt-2 text-sm text-faint">{t('blocks.listed', { count: data.listed_by_configuration, number: number(data.listed_by_configuration) })}</p>}
              {data.feeds && data.feeds.length > 0 && <Feeds feeds={data.feeds} />}
            </>
          )}</Loaded>
        </>
      )}
    </Card>
  );
}
