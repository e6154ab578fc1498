// The entries that the filters of the address find, newest first. j and k go from one to the next, Enter shows its details.
import { useMemo } from 'react';
import { useCommands } from '@/app/keys';
import { useQueryParams } from '@/app/place';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Loaded } from '@/kit/Loaded';
import { Empty } from '@/kit/Page';
import { useAuditLog } from './api';
import { Entry } from './Entry';
import { filterOf } from './filter';
import { Filters } from './Filters';

function moveFocus(by: number) {
  const entries = [...document.querySelectorAll<HTMLElement>('[data-entry]')];
  const at = entries.findIndex((each) => each.contains(document.activeElement));
  const next = entries[at < 0 ? (by > 0 ? 0 : entries.length - 1) : Math.min(entries.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

const focusedButton = () => document.activeElement?.closest('[data-entry]')?.querySelector('button');

export function EntriesTab() {
  const t = useWords('audit');
  const filter = filterOf(useQueryParams());
  const query = useAuditLog(filter);
  const { fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = query;
  useCommands(useMemo(() => [
    { id: 'audit.next', title: t('keys.next'), group: t('title'), keys: 'j', run: () => moveFocus(1) },
    { id: 'audit.previous', title: t('keys.previous'), group: t('title'), keys: 'k', run: () => moveFocus(-1) },
    { id: 'audit.details', title: t('entry.details'), group: t('title'), keys: 'o', run: () => focusedButton()?.click() },
    { id: 'audit.older', title: t('older'), group: t('title'), keys: 'm', run: () => void fetchNextPage() },
    { id: 'audit.again', title: t('again'), group: t('title'), keys: 'r', run: () => void refetch() },
  ], [t, fetchNextPage, refetch]));
  return (
    <>
      <Filters key={JSON.stringify(filter)} filter={filter} />
      <Loaded query={query}>{(data) => {
        const list = data.pages.flatMap((page) => page.audit_logs);
        const isCut = data.pages.at(-1)?.meta.is_cut;
        return (
          <>
            <section aria-label={t('title')} className="rounded-xl border border-line bg-paper">
              {list.length === 0 ? <Empty>{t('nothing')}</Empty> : list.map((each) => <Entry key={String(each.id)} entry={each} />)}
            </section>
            <p role="status" className="mt-2 text-center text-sm text-faint">{isCut ? t('is_cut') : ''}</p>
            {hasNextPage && <p className="mt-1 text-center"><Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('older')}</Button></p>}
          </>
        );
      }}</Loaded>
    </>
  );
}
