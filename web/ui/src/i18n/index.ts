// Words of the page: one JSON file per language and area, locales/<language>/<area>.json, loaded by need. To add a language,
// add a folder with the same files; locales.test.ts tells what is missing.
import i18next from 'i18next';
import { useMemo, useSyncExternalStore } from 'react';
import { look } from '@/app/look';

const files = import.meta.glob<Record<string, unknown>>('../locales/*/*.json', { import: 'default' });
export const languages = [...new Set(Object.keys(files).map((path) => path.split('/')[2] ?? ''))].sort();

export function wantedLanguage(): string {
  const wishes = [look().language, ...navigator.languages].map((each) => each.toLowerCase().split('-')[0] ?? '');
  return wishes.find((each) => languages.includes(each)) ?? 'en';
}

async function load(language: string) {
  const own = Object.entries(files).filter(([path]) => path.split('/')[2] === language);
  await Promise.all(own.map(async ([path, read]) => {
    const area = path.split('/')[3]!.replace('.json', '');
    i18next.addResourceBundle(language, area, await read(), true, true);
  }));
}

export async function startLanguage(language = wantedLanguage()) {
  if (!i18next.isInitialized) {
    await i18next.init({ lng: language, fallbackLng: 'en', defaultNS: 'common', ns: ['common'], resources: {}, interpolation: { escapeValue: false } });
  }
  await load(language); // the test of the languages keeps them whole: nobody loads a second one to fall back on
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

const follow = (told: () => void) => {
  i18next.on('languageChanged', told);
  return () => i18next.off('languageChanged', told);
};

export type Words = (key: string, values?: Record<string, unknown>) => string;

// const t = useWords('tickets'); t('reply.send'), t('common:save'), t('found', {count: 3}) with "found_one", "found_other".
export function useWords(area = 'common'): Words {
  const language = useSyncExternalStore(follow, () => i18next.language, () => 'en');
  return useMemo(() => i18next.getFixedT(language, area) as Words, [language, area]); // the same function until the language changes
}

export const language = () => i18next.language;
export const words = (key: string, values?: Record<string, unknown>) => i18next.t(key, values);
