import { useWords } from '@/i18n';

export function NotFound({ isForbidden = false }: { isForbidden?: boolean }) {
  const t = useWords();
  return <div className="p-10 text-center"><h1>{t(isForbidden ? 'forbidden' : 'not_found')}</h1><p className="mt-2"><a href="#/">{t('back_to_start')}</a></p></div>;
}
