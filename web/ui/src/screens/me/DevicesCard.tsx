// Browsers from which one signed in: a new one is told by mail, a remembered one is not asked for a second factor.
import { useState } from 'react';
import { useWords } from '@/i18n';
import { date } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { Table, type Column } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { useAct } from '@/kit/act';
import { forgetDevice, refresh, renameDevice, useDevices, type Device } from './api';
import { NameDialog } from './NameDialog';
import { useMethodWords } from './words';

export function DevicesCard() {
  const t = useWords('me');
  const methodWords = useMethodWords();
  const query = useDevices();
  const [isBusy, act] = useAct();
  const [renamed, setRenamed] = useState<Device | null>(null);
  const forget = async (device: Device) => {
    if (!await confirmed({ title: t('devices.forget_title', { name: device.name }), text: t('devices.forget_text'), action: t('devices.forget'), isDangerous: true })) return;
    await act(async () => { await forgetDevice(device.id); await refresh('own_devices', 'own_sessions'); });
  };
  const rename = async (device: Device, name: string) => {
    if (await act(async () => { await renameDevice(device.id, name); await refresh('own_devices'); })) setRenamed(null);
  };
  const columns: Column<Device>[] = [
    { title: t('common:name'), cell: (row) => <span className="[overflow-wrap:anywhere]">{row.name} {row.current && <Badge tone="accent">{t('this_one')}</Badge>} {row.remembered_until && <Badge tone="warn">{t('devices.remembered', { date: date(row.remembered_until) })}</Badge>}</span> },
    { title: t('address'), cell: (row) => row.ip_address },
    { title: t('sessions.proved'), cell: (row) => methodWords(row.methods) },
    { title: t('devices.first'), cell: (row) => <Time at={row.created_at} /> },
    { title: t('devices.last'), cell: (row) => <Time at={row.last_used_at} /> },
    { title: t('common:actions'), isTitleHidden: true, className: 'text-right whitespace-nowrap', cell: (row) => (
      <>
        <Button look="quiet" aria-label={t('devices.rename_one', { name: row.name })} onClick={() => setRenamed(row)}>{t('rename')}</Button>
        <Button look="quiet" isBusy={isBusy} aria-label={t('devices.forget_one', { name: row.name })} onClick={() => void forget(row)}>{t('devices.forget')}</Button>
      </>
    ) },
  ];
  return (
    <Card title={t('devices.title')}>
      <Loaded query={query}>{(list) => <Table isStacked caption={t('devices.title')} columns={columns} rows={list} rowKey={(row) => String(row.id)} empty={t('devices.none')} />}</Loaded>
      {renamed && <NameDialog title={t('devices.rename')} label={t('devices.name')} name={renamed.name} isBusy={isBusy} onSave={(name) => void rename(renamed, name)} onClose={() => setRenamed(null)} />}
    </Card>
  );
}
