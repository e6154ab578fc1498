// One domain, step by step: what to publish, what is live, what is left to do.
import { useEffect, useMemo, useRef, useState } from 'react';
import { wordsOf } from '@/api/http';
import { useCommands } from '@/app/keys';
import { go, useQueryParams } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Check } from '@/kit/Field';
import { Card, Empty, Failed, Page } from '@/kit/Page';
import { Time } from '@/kit/Time';
import { Wait } from '@/kit/Wait';
import type { DomainAdvice } from '../api';
import { Certificates } from './Certificates';
import { Copyable } from './Copyable';
import { KeysCard } from './KeysCard';
import { ProofStep } from './ProofStep';
import { RecordCard } from './RecordCard';
import { Stepper } from './Stepper';
import { firstStep, isStep, kSteps, progressOf, recordsOf, zoneFile, type Step } from './steps';
import { TlsCard } from './TlsCard';
import { useRecheck } from './useRecheck';

// Which records have another state than at the check before.
function useNews(advice: DomainAdvice | undefined) {
  const before = useRef<Map<string, string>>(new Map());
  const [news, setNews] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!advice) return;
    const now = new Map(advice.records.map((each) => [`${each.purpose} ${each.owner}`, each.state]));
    if (before.current.size) setNews(new Set([...now].filter(([key, state]) => before.current.get(key) !== state).map(([key]) => key)));
    before.current = now;
  }, [advice]);
  return news;
}

function StepBody({ advice, step }: { advice: DomainAdvice; step: Step }) {
  const t = useWords('mail');
  const news = useNews(advice);
  const records = recordsOf(advice.records, step);
  return (
    <>
      <h2 className="mb-1">{t(`steps.${step}`)}</h2>
      <p className="mb-3 max-w-prose text-faint">{t(`steps.${step}_intro`, { domain: advice.domain })}</p>
      {records.map((each) => <RecordCard key={`${each.purpose} ${each.owner} ${each.value}`} record={each} isNew={news.has(`${each.purpose} ${each.owner}`)} />)}
      {records.length === 0 && step !== 'proof' && <Empty>{t('steps.nothing')}</Empty>}
      {step === 'send' && <KeysCard domain={advice.domain} />}
      {step === 'tls' && <><TlsCard advice={advice} /><Certificates /></>}
      {step === 'proof' && <ProofStep advice={advice} />}
    </>
  );
}

function Guide({ advice, domain }: { advice: DomainAdvice; domain: string }) {
  const t = useWords('mail');
  const asked = useQueryParams().get('step');
  const [first] = useState(() => firstStep(advice.records));
  const step = isStep(asked) ? asked : first;
  const at = kSteps.indexOf(step);
  const show = (next: Step) => go(`/mail/domains/${encodeURIComponent(domain)}?step=${next}`);
  const zone = zoneFile(advice.records);
  return (
    <>
      <Stepper domain={domain} records={advice.records} current={step} />
      <StepBody advice={advice} step={step} />
      <div className="mb-4 flex justify-between gap-2">
        <Button disabled={at === 0} onClick={() => show(kSteps[at - 1]!)}>{t('common:previous')}</Button>
        <Button look="main" disabled={at === kSteps.length - 1} onClick={() => show(kSteps[at + 1]!)}>{t('common:next')}</Button>
      </div>
      {zone && (
        <Card>
          <details><summary className="cursor-pointer text-accent">{t('zone.title')}</summary>
            <p className="my-2 text-faint">{t('zone.hint')}</p>
            <dl><Copyable label={t('zone.label')} text={zone} what={t('zone.title')} /></dl>
          </details>
        </Card>
      )}
    </>
  );
}

export default function Domain({ params }: ScreenProps) {
  const t = useWords('mail');
  const domain = params.domain ?? '';
  const [isWatching, setWatching] = useState(false);
  const { data, error, isChecking, check } = useRecheck(domain, isWatching);
  const commands = useMemo(() => [{ id: 'mail.check', title: t('check.now'), group: t('group'), keys: 'c', run: () => void check() }], [t, check]);
  useCommands(commands);
  const progress = data && progressOf(data.records);
  return (
    <Page title={domain} intro={<><a href="#/mail/domains">{t('domains.title')}</a>{data && <> · {t('domain.server', { host: data.hostname })}</>}</>}
      actions={<Button isBusy={isChecking} onClick={() => void check()}>{isChecking ? t('check.running') : t('check.now')}</Button>}>
      {error && <Failed words={wordsOf(error)} onAgain={() => void check()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data && progress && (
        <>
          <div className="mb-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-1">
            <p role="status">{t(progress.wrong ? 'check.wrong' : 'check.right', { right: progress.right, total: progress.total, count: progress.wrong })} <span className="text-faint">{t('check.at')} <Time at={data.checked_at} /></span></p>
            <Check label={t('check.watch')} checked={isWatching} onChange={(event) => setWatching(event.currentTarget.checked)} />
          </div>
          <Guide advice={data} domain={domain} />
        </>
      )}
    </Page>
  );
}
