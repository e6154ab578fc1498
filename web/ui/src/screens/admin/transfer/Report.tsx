// What became of an import: how many came, which did not and why, and what is left when it was stopped.
import { wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { Figures } from '@/kit/Figures';
import { Table } from '@/kit/Table';
import type { Outcome, Refused } from './importing';
import { saveFile, today } from './save';

const kShown = 200; // all of them are in the file

const saveRefused = (list: Refused[]) => saveFile(`postern-not-imported-${today()}.jsonl`, list.map((each) => `${JSON.stringify(each.ticket)}\n`));

export function Report({ outcome, onGoOn }: { outcome: Outcome; onGoOn: () => void }) {
  const t = useWords('transfer');
  const { done, refused, left, trouble } = outcome;
  return (
    <section aria-label={t('report.title')} className="mt-4">
      <div role="status"><h3 className="mb-2">{t(left.length > 0 ? 'report.stopped' : 'report.title')}</h3>
      <Figures list={[{ name: t('report.done'), value: number(done), tone: done > 0 ? 'good' : undefined }, { name: t('report.refused'), value: number(refused.length), tone: refused.length > 0 ? 'bad' : undefined }, ...(left.length > 0 ? [{ name: t('report.left'), value: number(left.length), tone: 'warn' as const }] : [])]} /></div>
      {trouble != null && <p role="alert" className="mb-3 rounded-lg border border-bad bg-bad-ground p-3 text-bad">{wordsOf(trouble)}</p>}
      <div className="mb-3 flex flex-wrap items-center gap-2">
        {left.length > 0 && <Button look="main" onClick={onGoOn}>{t('report.go_on')}</Button>}
        {refused.length > 0 && <Button onClick={() => saveRefused(refused)}>{t('report.save')}</Button>}
        {done > 0 && <a href="#/audit?action=ticket.imported">{t('report.audit')}</a>}
      </div>
      {refused.length > 0 && (
        <Table caption={t('report.refused')} isStacked rows={refused.slice(0, kShown)} rowKey={(each) => `${each.line} ${each.why}`} columns={[
          { title: t('report.line'), className: 'tabular-nums', cell: (each) => number(each.line) },
          { title: t('report.subject'), cell: (each) => <span className="[overflow-wrap:anywhere]">{each.subject || '–'}</span> },
          { title: t('report.why'), cell: (each) => <span className="[overflow-wrap:anywhere]">{each.why}</span> },
        ]} />
      )}
      {refused.length > kShown && <p className="mt-2 text-sm text-faint">{t('report.more', { count: refused.length - kShown, number: number(refused.length - kShown) })}</p>}
    </section>
  );
}
