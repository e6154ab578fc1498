// The keys that sign replies: which there are, how they are changed by themselves, and the commands for doing it by hand.
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Card } from '@/kit/Page';
import { Table } from '@/kit/Table';
import type { DomainAdvice } from '../api';
import { Said } from '../Said';
import { Copyable } from './Copyable';
import { dkimKeys, toneOf } from './steps';
import { useAdviceWords } from './words';

const commands = ['list', 'rotate', 'stolen', 'retire'] as const;

export function KeysCard({ advice }: { advice: DomainAdvice }) {
  const t = useWords('mail');
  const words = useAdviceWords();
  const line = (name: (typeof commands)[number]) => {
    const verb = name === 'list' ? `list ${advice.domain}` : name === 'rotate' ? `rotate ${advice.domain}` : name === 'stolen' ? `rotate ${advice.domain} --now` : `retire ${advice.domain} SELECTOR`;
    return `postern dkim ${verb} --config postern.toml`;
  };
  return (
    <Card title={t('keys.title')}>
      <Table caption={t('keys.title')} rows={dkimKeys(advice.records)} rowKey={(key) => key.record.owner} empty={t('keys.none')}
        columns={[
          { title: t('keys.selector'), cell: (key) => <code className="whitespace-nowrap">{key.selector}</code> },
          { title: t('keys.algorithm'), cell: (key) => key.algorithm },
          { title: t('keys.state'), cell: (key) => <Badge tone={toneOf(key.state)}>{words.state(key.state)}</Badge> },
          { title: t('keys.says'), cell: (key) => <Said text={key.record.explanation} /> },
        ]} />
      <p className="mt-3 max-w-prose text-faint">{t('keys.rotation')}</p>
      <details className="mt-2">
        <summary className="cursor-pointer text-accent">{t('keys.by_hand')}</summary>
        <p className="my-2 max-w-prose text-faint">{t('keys.by_hand_hint')}</p>
        <dl className="grid gap-2">{commands.map((each) => <Copyable key={each} label={t(`keys.command.${each}`)} text={line(each)} what={t(`keys.command.${each}`)} />)}</dl>
      </details>
    </Card>
  );
}
