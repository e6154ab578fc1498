// The chain of hashes: whether it is whole, and what to keep elsewhere so that nobody can shorten it unseen.
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { dateTime, number } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { CopyButton } from '@/kit/CopyButton';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { useAct } from '@/kit/act';
import { useChain, verifyChain, type Chain } from './api';
import { faultWords } from './fault';

function Verification({ chain }: { chain: Chain }) {
  const t = useWords('audit');
  const last = chain.verification;
  if (chain.is_verifying) return <p><Badge tone="accent">{t('chain.verifying')}</Badge></p>;
  if (!last) return <p><Badge tone="warn">{t('chain.never')}</Badge> {t('chain.never_hint')}</p>;
  if (!last.fault) return <p><Badge tone="good">{t('chain.intact')}</Badge> {t('chain.verified', { when: dateTime(last.at), count: last.entries, number: number(last.entries) })}</p>;
  return (
    <div role="alert" className="rounded-md border border-bad bg-bad-ground px-3 py-2 text-bad">
      <p className="font-semibold">{t('chain.broken', { sequence: last.fault.sequence ?? '?', id: last.fault.id ?? '?' })}</p>
      <p className="[overflow-wrap:anywhere]">{faultWords(t, last.fault.description)}</p>
      <p>{t('chain.broken_do', { when: dateTime(last.at) })}</p>
    </div>
  );
}

export function ChainTab() {
  const t = useWords('audit');
  const query = useChain();
  const [isBusy, act] = useAct();
  const verify = () => act(async () => queries.setQueryData(['audit_chain'], await verifyChain()));
  return (
    <Loaded query={query}>{(chain) => {
      const head = `${chain.sequence}:${chain.hash}`;
      return (
        <>
          <Card title={t('chain.title')} actions={<Button look="main" isBusy={isBusy || chain.is_verifying} onClick={() => void verify()}>{t('chain.verify')}</Button>}>
            <p className="mb-3 max-w-prose text-faint">{t('chain.intro')}</p>
            <div role="status" className="mb-3"><Verification chain={chain} /></div>
            <p>{t('chain.entries', { count: chain.sequence, number: number(chain.sequence) })}{chain.waiting > 0 && ` ${t('chain.waiting', { count: chain.waiting })}`}{chain.linked_at && ` ${t('chain.linked', { when: dateTime(chain.linked_at) })}`}</p>
          </Card>
          <Card title={t('chain.anchor')}>
            <p className="mb-2 max-w-prose">{t('chain.anchor_hint')}</p>
            <p className="mb-3 flex flex-wrap items-center gap-2"><code className="rounded border border-line bg-ground px-2 py-1 text-sm [overflow-wrap:anywhere] select-all">{head}</code><CopyButton text={head} what={t('chain.anchor')} /></p>
            <p className="max-w-prose text-faint">{t('chain.offline')}</p>
            <p className="mt-1 flex flex-wrap items-center gap-2"><code className="rounded border border-line bg-ground px-2 py-1 text-sm">postern audit verify --export audit.jsonl</code><CopyButton text="postern audit verify --export audit.jsonl" what={t('chain.command')} /></p>
          </Card>
        </>
      );
    }}</Loaded>
  );
}
