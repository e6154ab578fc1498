import { useWords } from '@/i18n';
import { usePageTitle } from '@/kit/Page';
import { Welcome } from './Welcome';

export default function WelcomeScreen() {
  const t = useWords('desk');
  usePageTitle(t('welcome.screen'));
  return <div className="h-full overflow-auto"><h1 className="sr-only">{t('welcome.screen')}</h1><Welcome /></div>;
}
