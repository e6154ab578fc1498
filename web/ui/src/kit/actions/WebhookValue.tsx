// Which webhook a rule calls, and with which body.
import { useQuery } from '@tanstack/react-query';
import { type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { allPages } from '@/kit/editor/allPages';
import { Select } from '@/kit/Field';
import type { ActionValueProps } from './ActionValue';
import { Template } from './Template';
import { partsOf } from './types';

interface Webhook { id: Id; name: string; status: string }

export function WebhookValue({ action, label, problems, at, onChange }: ActionValueProps) {
  const t = useWords('rules');
  const hooks = useQuery({ queryKey: ['known', 'webhooks'], queryFn: ({ signal }) => allPages<Webhook>('/api/v2/webhooks', 'webhooks', signal), staleTime: 30_000 });
  const [id = '', body = ''] = partsOf(action);
  const list = hooks.data ?? [];
  const isStrange = id !== '' && !list.some((each) => String(each.id) === id);
  return (
    <div>
      <Select boxClass="mb-2!" label={label} isLabelHidden error={problems.get(`${at}.value`)} value={id} onChange={(event) => onChange([event.currentTarget.value, body])}>
        <option value="">{t('action.choose_webhook')}</option>
        {isStrange && <option value={id}>{id}</option>}
        {list.map((each) => <option key={String(each.id)} value={String(each.id)}>{each.name}{each.status === 'active' ? '' : ` (${t('off')})`}</option>)}
      </Select>
      {hooks.isSuccess && list.length === 0 && <p className="mb-2 text-sm text-faint">{t('action.no_webhook')} <a href="#/admin/webhooks/new">{t('action.make_webhook')}</a></p>}
      <Template label={t('action.body')} value={body} hint={t('action.body_hint')} onChange={(value) => onChange([id, value])} />
    </div>
  );
}
