// The columns of a list of API tokens: one's own, or everybody's.
import type { ReactNode } from 'react';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import type { Column } from '@/kit/Table';
import { Time } from '@/kit/Time';
import type { Token } from './api';

export function useTokenColumns(actions: (row: Token) => ReactNode, now = Date.now()): Column<Token>[] {
  const t = useWords('me');
  const end = (row: Token) => {
    if (!row.expires_at) return <Badge tone="warn">{t('tokens.never')}</Badge>;
    return Date.parse(row.expires_at) < now ? <Badge tone="bad">{t('tokens.over')}</Badge> : <Time at={row.expires_at} />;
  };
  const reach = (row: Token) => {
    if (!row.scopes) return t('tokens.as_owner');
    if (row.scopes.length === 0) return t('tokens.nothing');
    return <span title={row.scopes.join(', ')}>{row.scopes.length > 2 ? t('tokens.some', { count: row.scopes.length }) : row.scopes.join(', ')}</span>;
  };
  return [
    { title: t('tokens.what_for'), cell: (row) => <span className="font-medium [overflow-wrap:anywhere]">{row.description}</span> },
    { title: t('tokens.may'), cell: reach },
    { title: t('tokens.from'), cell: (row) => row.networks.join(', ') || t('tokens.anywhere') },
    { title: t('tokens.ends'), cell: end },
    { title: t('tokens.used'), cell: (row) => (row.last_used_at ? <><Time at={row.last_used_at} />{row.last_used_ip && <span className="block text-sm text-faint">{row.last_used_ip}</span>}</> : <span className="text-faint">{t('tokens.never_used')}</span>) },
    { title: t('common:actions'), isTitleHidden: true, className: 'text-right whitespace-nowrap', cell: actions },
  ];
}
