// Everybody's API tokens, for those who oversee them.
import { useState } from 'react';
import { sameId } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Field } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { useAct } from '@/kit/act';
import { refresh, revokeToken, type Token } from '@/screens/me/api';
import { useTokenColumns } from '@/screens/me/token_columns';
import { usePeople } from '../people/api';
import { securityChanged, useAllTokens } from './api';
import { SecurityPage } from './SecurityPage';

const kAtOnce = 50;

export default function AllTokens() {
  const t = useWords('security');
  const query = useAllTokens();
  const people = usePeople();
  const [text, setText] = useState('');
  const [shown, setShown] = useState(kAtOnce);
  const [isBusy, act] = useAct();
  const owner = (row: Token) => people.data?.find((each) => sameId(each.id, row.user_id));
  const ownerName = (row: Token) => owner(row)?.name || owner(row)?.email || String(row.user_id);
  const revoke = async (row: Token) => {
    if (!await confirmed({ title: t('me:tokens.revoke_title', { what: row.description }), text: t('me:tokens.revoke_text'), action: t('me:tokens.revoke'), isDangerous: true })) return;
    await act(async () => { await revokeToken(row.id); await Promise.all([securityChanged('tokens'), securityChanged('checklist'), refresh('own_tokens')]); }, t('me:tokens.revoked'));
  };
  const columns = [
    { title: t('tokens.owner'), cell: (row: Token) => <a href={`#/people/${row.user_id}`} className="[overflow-wrap:anywhere]">{ownerName(row)}</a> },
    ...useTokenColumns((row) => <Button look="quiet" isBusy={isBusy} aria-label={t('me:tokens.revoke_one', { what: row.description })} onClick={() => void revoke(row)}>{t('me:tokens.revoke')}</Button>),
  ];
  const wanted = text.trim().toLowerCase();
  return (
    <SecurityPage title={t('tokens.title')} intro={t('tokens.intro')}>
      <Card>
        <Field label={t('tokens.find')} type="search" boxClass="max-w-md" value={text} onChange={(event) => { setText(event.currentTarget.value); setShown(kAtOnce); }} />
        <Loaded query={query}>{(all) => {
          const list = all.filter((row) => `${row.description} ${ownerName(row)}`.toLowerCase().includes(wanted));
          return (
            <>
              <Table isStacked caption={t('tokens.title')} columns={columns} rows={list.slice(0, shown)} rowKey={(row) => String(row.id)} empty={t('tokens.none')} />
              {list.length > shown && <p className="mt-2 text-center"><Button onClick={() => setShown((was) => was + kAtOnce)}>{t('common:more')}</Button></p>}
            </>
          );
        }}</Loaded>
      </Card>
    </SecurityPage>
  );
}
