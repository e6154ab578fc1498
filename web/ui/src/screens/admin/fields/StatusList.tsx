// Statuses of the workspace's own, each in one of the five that every ticket knows.
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { RuleRows } from '@/kit/editor/RuleRows';
import { categories, type CustomStatus } from './model';
import { useDefined } from './useDefined';

export function StatusList({ mayChange }: { mayChange: boolean }) {
  const t = useWords('fields');
  const { all, turn, move, wait } = useDefined<CustomStatus>('custom_statuses', 'custom_status', (each) => each.agent_label);
  if (wait) return wait;
  const fixed = all.filter((each) => each.built_in);
  const own = all.filter((each) => !each.built_in);
  return (
    <>
      {own.length === 0 ? <section className="mb-4 rounded-xl border border-line bg-paper p-6"><h2>{t('statuses.none')}</h2><p className="mt-2 max-w-prose text-faint">{t('statuses.example')}</p></section>
        : <RuleRows<CustomStatus> label={t('statuses.title')} items={own} titleOf={(each) => each.agent_label} isOn={(each) => each.active} href={(each) => `#/admin/statuses/${each.id}`} mayChange={() => mayChange} canSort={mayChange}
            line={(status) => <><Badge>{t(`category.${status.status_category}`)}</Badge> {status.default && <Badge tone="accent">{t('default')}</Badge>} {status.end_user_label !== status.agent_label && t('customers_see', { what: status.end_user_label })} {status.description}</>}
            onMove={(next) => move(fixed, next)} onTurn={(status, on) => void turn(status, on)} />}
      <h2 className="mb-1">{t('categories')}</h2>
      <dl className="grid gap-x-4 text-sm sm:grid-cols-[auto_1fr]">
        {categories.map((each) => <div key={each} className="contents"><dt className="font-semibold">{t(`category.${each}`)}</dt><dd className="mb-1 text-faint">{t(`category_text.${each}`)}</dd></div>)}
      </dl>
    </>
  );
}
