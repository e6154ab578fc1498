// Replays: a set of rules tried over stored mail, beside the rules in force or any others.
import { useQuery } from '@tanstack/react-query';
import { wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Card, Failed } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { Wait } from '@/kit/Wait';
import { replaysQuery } from '../api';
import { RedactionPage } from '../redaction/RedactionPage';
import { ReplayForm } from './ReplayForm';
import { sideName } from './sides';

const tones = { running: 'accent', done: 'good', cancelled: 'warn' } as const;
const kAgainMs = 2_000;

export default function Replays() {
  const t = useWords('operate');
  const { data, error, refetch } = useQuery({ ...replaysQuery, refetchInterval: (query) => (query.state.data?.some((each) => each.state === 'running') ? kAgainMs : false) });
  return (
    <RedactionPage intro={t('replay.intro')}>
      <ReplayForm />
      <Card title={t('replay.list')}>
        {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
        {!data && !error && <Wait />}
        {data && <Table caption={t('replay.list')} rows={data} rowKey={(row) => String(row.id)} empty={t('replay.none')}
          columns={[
            { title: t('replay.started'), className: 'whitespace-nowrap', cell: (row) => <a href={`#/operate/redaction/replays/${row.id}`}><Time at={row.started_at} /></a> },
            { title: t('replay.what'), cell: (row) => sideName(t, row.candidate_version) },
            { title: t('replay.against'), cell: (row) => sideName(t, row.against_version) },
            { title: t('replay.state'), cell: (row) => <Badge tone={tones[row.state]}>{t(`replay.states.${row.state}`)}</Badge> },
            { title: t('replay.read'), className: 'text-right tabular-nums', cell: (row) => `${number(row.messages_read)} / ${number(row.messages_found)}` },
          ]} />}
      </Card>
    </RedactionPage>
  );
}
