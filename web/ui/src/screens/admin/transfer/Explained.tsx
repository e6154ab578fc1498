// What a file for the import looks like, and the commands for archives that no browser can carry.
import { useWords } from '@/i18n';
import { Card } from '@/kit/Page';
import { Copyable } from '@/screens/mail/domains/Copyable';

const kExample = `{"subject": "The engine stops", "status": "solved", "tags": ["engine"],
 "requester": {"name": "Ada Lovelace", "email": "ada@example.org"},
 "created_at": "2024-03-01T09:00:00Z", "solved_at": "2024-03-02T10:30:00Z",
 "comments": [{"value": "It stops.", "created_at": "2024-03-01T09:00:00Z"},
              {"value": "Spare part ordered.", "public": false,
               "created_at": "2024-03-01T11:00:00Z"}]}`;
const kCommands = ['mbox archive.mbox', 'maildir /var/mail/old', 'eml letters/', 'zendesk export/'];

export function ShapeCard() {
  const t = useWords('transfer');
  return (
    <Card title={t('shape.title')}>
      <p className="mb-2 max-w-prose text-faint">{t('shape.text')}</p>
      <dl><Copyable label={t('shape.example')} text={kExample} what={t('shape.example')} /></dl>
      <p className="mt-2 max-w-prose text-sm text-faint">{t('shape.people')}</p>
    </Card>
  );
}

export function CommandCard() {
  const t = useWords('transfer');
  return (
    <Card title={t('command.title')}>
      <p className="mb-2 max-w-prose text-faint">{t('command.text')}</p>
      <dl className="grid gap-2">{kCommands.map((each) => <Copyable key={each} label={t(`command.${each.split(' ')[0]}`)} what={t('command.what')} text={`postern import ${each} --inbox support@example.com --dry-run --config postern.toml`} />)}</dl>
    </Card>
  );
}

export function ExportCommandCard() {
  const t = useWords('transfer');
  return (
    <Card title={t('whole.title')}>
      <p className="mb-2 max-w-prose text-faint">{t('whole.text')}</p>
      <dl><Copyable label={t('command.label')} what={t('command.what')} text="postern export --out /var/lib/postern/export --config postern.toml" /></dl>
    </Card>
  );
}
