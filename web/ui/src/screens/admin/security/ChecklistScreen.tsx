// How well the workspace is guarded: a score, and for each check how it is, why it matters and where it is mended.
import { useMemo } from 'react';
import { useCommands } from '@/app/keys';
import { match } from '@/app/place';
import { screens } from '@/app/screens';
import { useWords } from '@/i18n';
import { Badge, type Tone } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Loaded } from '@/kit/Loaded';
import { useChecklist, type Check, type Checklist, type CheckState } from './api';
import { foundWords } from './found';
import { mendingPlace } from './mend';
import { SecurityPage } from './SecurityPage';

const kTones: Record<CheckState, Tone> = { good: 'good', warning: 'warn', bad: 'bad', unknown: 'plain' };
const kOrder: CheckState[] = ['bad', 'warning', 'unknown', 'good'];
const isKnown = (path: string) => screens.some((each) => match(each.path, path));

function Score({ list }: { list: Checklist }) {
  const t = useWords('security');
  const toDo = list.checks.filter((each) => each.state === 'bad').length;
  const tone = list.score >= 85 ? 'var(--good)' : list.score >= 60 ? 'var(--warn)' : 'var(--bad)';
  return (
    <div className="mb-4 flex flex-wrap items-center gap-6 rounded-xl border border-line bg-paper p-4">
      <svg viewBox="0 0 36 36" className="size-24" role="img" aria-label={t('checklist.score', { score: list.score })}>
        <circle cx="18" cy="18" r="15.9" fill="none" strokeWidth="3" style={{ stroke: 'var(--line)' }} />
        <circle cx="18" cy="18" r="15.9" fill="none" strokeWidth="3" strokeLinecap="round" pathLength={100} strokeDasharray={`${list.score} 100`} transform="rotate(-90 18 18)" style={{ stroke: tone }} />
        <text x="18" y="21" textAnchor="middle" fontSize="9" fontWeight="650" style={{ fill: 'var(--ink)' }}>{list.score}</text>
      </svg>
      <p role="status" className="text-lg">{t('checklist.score', { score: list.score })}<span className="block text-base text-faint">{toDo > 0 ? t('checklist.to_do', { count: toDo }) : t('checklist.nothing_to_do')}</span></p>
    </div>
  );
}

function CheckRow({ check }: { check: Check }) {
  const t = useWords('security');
  const place = mendingPlace(check, isKnown);
  const base = `check.${check.id.split(':')[0]}`;
  const subject = check.id.split(':').slice(1).join(':');
  const say = (part: string, otherwise: string) => { const words = t(`${base}.${part}`, { subject }); return words === `${base}.${part}` ? otherwise : words; };
  return (
    <li className="grid gap-x-4 gap-y-1 border-b border-line py-3 last:border-0 sm:grid-cols-[9rem_1fr_auto]">
      <div><Badge tone={kTones[check.state]}>{t(`checklist.${check.state}`)}</Badge></div>
      <div className="min-w-0">
        <h3 className="[overflow-wrap:anywhere]">{say('title', check.title)}</h3>
        <p className="text-faint">{say('why', check.why)}</p>
        <p className="[overflow-wrap:anywhere]">{t('checklist.found')} {foundWords(t, check.found)}</p>
        {check.fix && <p className="font-medium">{say('fix', check.fix)}</p>}
      </div>
      {place && check.state !== 'good' && <a href={`#${place}`} className="self-center whitespace-nowrap">{t('checklist.go')}<span className="sr-only">{` – ${say('title', check.title)}`}</span></a>}
    </li>
  );
}

export default function ChecklistScreen() {
  const t = useWords('security');
  const query = useChecklist();
  const { refetch } = query;
  useCommands(useMemo(() => [{ id: 'checklist.again', title: t('checklist.again'), group: t('places.checklist'), keys: 'r', run: () => void refetch() }], [t, refetch]));
  return (
    <SecurityPage title={t('checklist.title')} intro={t('checklist.intro')} actions={<Button isBusy={query.isFetching} onClick={() => void refetch()}>{t('checklist.again')}</Button>}>
      <Loaded query={query}>{(list) => (
        <>
          <Score list={list} />
          <ul aria-label={t('checklist.checks')} className="rounded-xl border border-line bg-paper px-4">
            {[...list.checks].sort((a, b) => kOrder.indexOf(a.state) - kOrder.indexOf(b.state) || b.weight - a.weight).map((each) => <CheckRow key={each.id} check={each} />)}
          </ul>
        </>
      )}</Loaded>
    </SecurityPage>
  );
}
