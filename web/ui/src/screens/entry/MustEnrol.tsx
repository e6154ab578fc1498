// Shown alone when the policy wants a second factor that its user does not have yet.
import { lazy, Suspense } from 'react';
import { ProofDialog } from '@/app/ProofDialog';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Confirms } from '@/kit/Confirm';
import { Wait } from '@/kit/Wait';
import { useAct } from '@/kit/act';
import { useTwoFactor } from '@/screens/me/api';
import { Frame } from './Frame';

const FactorsCard = lazy(() => import('@/screens/me/FactorsCard').then(({ FactorsCard: View }) => ({ default: View })));

export function MustEnrol() {
  const t = useWords('entry');
  const { refresh, signOut } = useSession();
  const { data } = useTwoFactor();
  const [isBusy, act] = useAct();
  return (
    <Frame title={t('must.title')} isWide>
      <p className="mb-4 max-w-prose">{t('must.intro')}</p>
      <Suspense fallback={<Wait />}><FactorsCard /></Suspense>
      <div className="flex flex-wrap gap-2">
        <Button look="main" isBusy={isBusy} disabled={!data?.enabled} onClick={() => void act(refresh)}>{t('must.done')}</Button>
        <Button look="quiet" onClick={() => void signOut()}>{t('must.sign_out')}</Button>
      </div>
      <Confirms />
      <ProofDialog />
    </Frame>
  );
}
