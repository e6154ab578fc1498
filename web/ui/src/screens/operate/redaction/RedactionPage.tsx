// The frame of all screens about redaction: their common title and the way between them.
import type { ReactNode } from 'react';
import { usePath } from '@/app/place';
import { useWords } from '@/i18n';
import { Page } from '@/kit/Page';
import { useLiveCounts } from './live_counts';

const places = [['rules', '/operate/redaction'], ['editor', '/operate/redaction/editor'], ['versions', '/operate/redaction/versions'], ['replays', '/operate/redaction/replays'], ['marks', '/operate/redaction/marks']] as const;

export function RedactionPage({ title, intro, actions, children }: { title?: string; intro?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const t = useWords('operate');
  const path = usePath();
  useLiveCounts();
  return (
    <Page title={title ?? t('redaction.title')} intro={intro} actions={actions} isWide>
      <nav aria-label={t('redaction.title')} className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
        {places.map(([name, address]) => (
          <a key={name} href={`#${address}`} aria-current={path === address ? 'page' : path.startsWith(name === 'rules' ? `${address}/rules/` : `${address}/`) ? 'true' : undefined}
            className="border-b-2 border-transparent px-3 py-1.5 -outline-offset-2 whitespace-nowrap text-faint no-underline hover:text-ink aria-[current]:border-accent aria-[current]:font-semibold aria-[current]:text-ink">{t(`redaction.${name}`)}</a>
        ))}
      </nav>
      {children}
    </Page>
  );
}
