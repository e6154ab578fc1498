// The own API tokens.
import { useState } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { useAct } from '@/kit/act';
import { refresh, revokeToken, rotateToken, useOwnTokens, type Token } from './api';
import { SecretOnce } from './SecretOnce';
import { TokenForm } from './TokenForm';
import { useTokenColumns } from './token_columns';

export function TokensTab() {
  const t = useWords('me');
  const query = useOwnTokens();
  const [isBusy, act] = useAct();
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<Token | null>(null);
  const shown = async (token: Token) => { setMaking(false); setMade(token); await refresh('own_tokens'); };
  const rotate = async (token: Token) => {
    if (!await confirmed({ title: t('tokens.rotate_title', { what: token.description }), text: t('tokens.rotate_text'), action: t('tokens.rotate') })) return;
    await act(async () => shown(await rotateToken(token.id)));
  };
  const revoke = async (token: Token) => {
    if (!await confirmed({ title: t('tokens.revoke_title', { what: token.description }), text: t('tokens.revoke_text'), action: t('tokens.revoke'), isDangerous: true })) return;
    await act(async () => { await revokeToken(token.id); setMade(null); await refresh('own_tokens'); }, t('tokens.revoked'));
  };
  const columns = useTokenColumns((row) => (
    <>
      <Button look="quiet" isBusy={isBusy} aria-label={t('tokens.rotate_one', { what: row.description })} onClick={() => void rotate(row)}>{t('tokens.rotate')}</Button>
      <Button look="quiet" isBusy={isBusy} aria-label={t('tokens.revoke_one', { what: row.description })} onClick={() => void revoke(row)}>{t('tokens.revoke')}</Button>
    </>
  ));
  return (
    <Card title={t('tokens.title')} actions={!isMaking && <Button look="main" onClick={() => setMaking(true)}>{t('tokens.new')}</Button>}>
      {made?.token && <SecretOnce title={t('tokens.made')} hint={t('tokens.made_hint')} text={made.token} what={t('tokens.token')} onDone={() => setMade(null)} />}
      {isMaking && <TokenForm onMade={(token) => void shown(token)} onCancel={() => setMaking(false)} />}
      <Loaded query={query}>{(list) => <Table isStacked caption={t('tokens.title')} columns={columns} rows={list} rowKey={(row) => String(row.id)} empty={t('tokens.none')} />}</Loaded>
    </Card>
  );
}
