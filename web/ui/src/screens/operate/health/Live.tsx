// How the process does now: mail, requests, answer times and memory, drawn while it is looked at. Nothing of it is kept.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { get, wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { bytes, number } from '@/i18n/dates';
import { Figures } from '@/kit/Figures';
import { Card } from '@/kit/Page';
import { Plot, type PlotSeries } from '@/kit/Plot';
import { quantileMs, rate, steps, withSample, type Sample } from './metrics';

const kEveryMs = 5000;

const readMetrics = async ({ signal }: { signal: AbortSignal }) => (await get('/api/v2/system/metrics', signal)).system_metrics;

function useSamples() {
  const { data, error } = useQuery({
    queryKey: ['health', 'metrics'], retry: false, staleTime: 0, gcTime: 0, refetchInterval: ({ state }) => (state.error ? false : kEveryMs),
    queryFn: readMetrics,
  });
  const [list, setList] = useState<Sample[]>([]);
  useEffect(() => {
    if (data) setList((was) => withSample(was, { at: Date.parse(data.at), resident: data.resident_bytes, waiting: data.outbox.waiting, readings: data.readings }));
  }, [data]);
  return { list, error };
}

export function Live() {
  const t = useWords('operate');
  const { list, error } = useSamples();
  const drawn = useMemo(() => {
    const line = (label: string, tone: PlotSeries['tone'], values: (number | null)[], pattern?: PlotSeries['pattern']): PlotSeries => ({ label, tone, values, pattern });
    return {
      times: list.slice(1).map((each) => new Date(each.at).toISOString()),
      flow: [line(t('live.requests'), 'accent', steps(list, (a, b) => rate(a, b, 'postern_web_requests_total'))), line(t('live.mails'), 'good', steps(list, (a, b) => rate(a, b, 'postern_smtp_messages_total')), 'dashed')],
      waits: [line(t('live.p50'), 'accent', steps(list, (a, b) => quantileMs(a, b, 'postern_web_request_seconds', 0.5))), line(t('live.p99'), 'bad', steps(list, (a, b) => quantileMs(a, b, 'postern_web_request_seconds', 0.99)), 'dashed')],
      memory: [line(t('live.memory'), 'accent', list.slice(1).map((each) => each.resident))],
    };
  }, [list, t]);
  const last = list.at(-1);
  return (
    <Card title={t('live.title')}>
      {error ? <p role="status" className="max-w-prose text-faint">{wordsOf(error)}</p> : !last ? <p className="text-faint">{t('live.begins')}</p> : (
        <>
          <Figures list={[{ name: t('live.memory'), value: bytes(last.resident) }, { name: t('live.waiting'), value: number(last.waiting) }]} />
          {drawn.times.length === 0 ? <p role="status" className="text-faint">{t('live.begins')}</p> : (
            <div className="mt-3 grid gap-6 lg:grid-cols-2">
              <Plot title={t('live.flow')} kind="lines" unit="rate" isTime days={drawn.times} series={drawn.flow} />
              <Plot title={t('live.answers')} kind="lines" unit="ms" isTime days={drawn.times} series={drawn.waits} />
              <Plot title={t('live.memory')} kind="lines" unit="bytes" isTime days={drawn.times} series={drawn.memory} />
            </div>
          )}
        </>
      )}
    </Card>
  );
}
