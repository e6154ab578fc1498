// Words of the page: one JSON file per language and area, locales/<language>/<area>.json, loaded in two parts (vite.config.ts). To add a language,
// add a folder with the same files; locales.test.ts tells what is missing.
import files from 'virtual:words';
import i18next from 'i18next';
import { useSyncExternalStore } from 'react';
import { look } from '@/app/look';

type Part = 'early' | 'late';
type Area = Record<string, unknown>;
export const languages = Object.keys(files).sort();

export function wantedLanguage(): string {
  const wishes = [look().language, ...navigator.languages].map((each) => each.toLowerCase().split('-')[0] ?? '');
  return wishes.find((each) => languages.includes(each)) ?? 'en';
}

const loaded = new Map<string, Promise<void>>();
let isLateWanted = false;

function load(language: string, part: Part): Promise<void> {
  const key = `${language} ${part}`;
  const known = loaded.get(key);
  if (known) return known;
  const work = (async () => {
    const { default: areas } = await files[language]![part]();
    for (const [area, said] of Object.entries<Area>(areas)) i18next.addResourceBundle(language, area, said, true, true);
  })();
  loaded.set(key, work);
  work.catch(() => loaded.delete(key)); // asked for again with the next screen
  return work;
}

// What other screens than the desk's say; they are shown with it.
export function allWords(): Promise<void> {
  isLateWanted = true;
  return load(i18next.language, 'late');
}

export async function startLanguage(language = wantedLanguage()) {
  if (!i18next.isInitialized) {
    await i18next.init({ lng: language, fallbackLng: 'en', defaultNS: 'common', ns: ['common'], resources: {}, interpolation: { escapeValue: false } });
  }
  // The test of the languages keeps them whole: nobody loads a second one to fall back on.
  await Promise.all([load(language, 'early'), ...(isLateWanted ? [load(language, 'late')] : [])]);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

const follow = (told: () => void) => {
  i18next.on('languageChanged', told);
  return () => i18next.off('languageChanged', told);
};

export type Words = (key: string, values?: Record<string, unknown>) => string;

// What was said once in a language is not looked up again: a screen says hundreds of things, most of them without values.
const said = new Map<string, Words>();
function wordsIn(language: string, area: string): Words {
  const key = `${language} ${area}`;
  const known = said.get(key);
  if (known) return known;
  const fixed = i18next.getFixedT(language, area) as Words;
  const plain = new Map<string, string>();
  const words: Words = (name, values) => {
    if (values) return fixed(name, values);
    const found = plain.get(name);
    if (found !== undefined) return found;
    const text = fixed(name);
    if (i18next.exists(name, { lng: language, ns: area })) plain.set(name, text); // what is not loaded yet may come
    return text;
  };
  said.set(key, words);
  return words;
}

// const t = useWords('tickets'); t('reply.send'), t('common:save'), t('found', {count: 3}) with "found_one", "found_other".
export function useWords(area = 'common'): Words {
  const language = useSyncExternalStore(follow, () => i18next.language, () => 'en');
  if (loaded.size > 0 && !i18next.hasResourceBundle(language, area)) throw allWords(); // Suspense waits for it
  return wordsIn(language, area); // the same function until the language changes
}

export const language = () => i18next.language;
export const words = (key: string, values?: Record<string, unknown>) => i18next.t(key, values);
