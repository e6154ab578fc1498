// What a ticket can hold: fields, forms that choose among them, and statuses; and the fields of people and organisations.
import { setQueryParams, useQueryParams } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { LinkButton } from '@/kit/editor/LinkButton';
import { Page } from '@/kit/Page';
import { useTabs } from '@/kit/Tabs';
import { FieldList } from './FieldList';
import { FormList } from './FormList';
import { StatusList } from './StatusList';
import { kWhose } from '../personfields/model';
import { PersonFieldList } from '../personfields/PersonFieldList';

const kTabs = ['fields', 'forms', 'statuses', ...kWhose] as const;

export default function Fields() {
  const t = useWords('fields');
  const mayChange = useSession().can('settings:manage');
  const asked = useQueryParams().get('tab');
  const tab = kTabs.find((each) => each === asked) ?? 'fields';
  const { list, panelProps } = useTabs(kTabs.map((id) => ({ id, title: t(`${id}.title`) })), tab, (id) => setQueryParams({ tab: id === 'fields' ? undefined : id }), t('title'));
  return (
    <Page title={t('title')} intro={t(`${tab}.intro`)} actions={mayChange && <LinkButton href={tab === 'user_fields' || tab === 'organization_fields' ? `#/admin/person_fields/${tab}/new` : `#/admin/${tab}/new`}>{t(`${tab}.add`)}</LinkButton>}>
      {list}
      <div {...panelProps} className="mt-4">
        {tab === 'fields' ? <FieldList mayChange={mayChange} /> : tab === 'forms' ? <FormList mayChange={mayChange} /> : tab === 'statuses' ? <StatusList mayChange={mayChange} /> : <PersonFieldList key={tab} whose={tab} mayChange={mayChange} />}
      </div>
    </Page>
  );
}
