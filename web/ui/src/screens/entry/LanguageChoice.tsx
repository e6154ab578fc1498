// The language of the page, kept in this browser. Each is called what its speakers call it.
import { useState } from 'react';
import { setLook } from '@/app/look';
import { language, languages, startLanguage, useWords } from '@/i18n';
import { Select } from '@/kit/Field';

export function nameOfLanguage(code: string): string {
  const name = new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

export function LanguageChoice({ isLabelHidden = false, boxClass }: { isLabelHidden?: boolean; boxClass?: string }) {
  const t = useWords('entry');
  const [chosen, setChosen] = useState(language());
  const choose = async (code: string) => {
    setChosen(code);
    setLook({ language: code });
    await startLanguage(code);
  };
  return (
    <Select label={t('language')} isLabelHidden={isLabelHidden} boxClass={boxClass} value={chosen} onChange={(event) => void choose(event.currentTarget.value)}>
      {languages.map((each) => <option key={each} value={each} lang={each}>{nameOfLanguage(each)}</option>)}
    </Select>
  );
}
