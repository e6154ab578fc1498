// Replies to an address that have not left yet.
import { useQuery } from '@tanstack/react-query';
import { useWords } from '@/i18n';
import { Card } from '@/kit/Page';
import { outboxQuery } from '../api';
import { OutboxRow } from '../outbox/OutboxRow';

export function WaitingHits({ address }: { address: string }) {
  const t = useWords('mail');
  const { data } = useQuery(outboxQuery);
  const hits = (data ?? []).filter((each) => each.recipient.toLowerCase() === address);
  if (hits.length === 0) return null;
  return <Card title={t('trace.waiting')}><ul className="m-0 list-none p-0">{hits.map((each) => <OutboxRow key={String(each.id)} entry={each} />)}</ul></Card>;
}
