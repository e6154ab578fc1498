// How the app looks in this browser, and its keys.
import { lazy, Suspense, useState } from 'react';
import { DialogComing } from '@/app/ahead';
import { look, setLook, type Density, type Look, type Theme } from '@/app/look';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Check } from '@/kit/Field';
import { Card } from '@/kit/Page';
import { LanguageChoice } from '@/screens/entry/LanguageChoice';

const KeyHelp = lazy(() => import('@/app/KeyHelp'));

function Choice<T extends string>({ legend, name, options, value, onChange, hint }: { legend: string; name: string; options: [T, string][]; value: T; onChange: (value: T) => void; hint?: string }) {
  return (
    <fieldset className="mb-4">
      <legend className="mb-1 text-sm font-semibold">{legend}</legend>
      <div className="flex flex-wrap gap-2">
        {options.map(([each, words]) => (
          <label key={each} className="flex min-h-8 cursor-pointer items-center gap-2 rounded-md border border-line-strong px-3 py-1 has-checked:border-accent has-checked:bg-accent-ground">
            <input type="radio" name={name} value={each} checked={each === value} onChange={() => onChange(each)} className="accent-accent" />{words}
          </label>
        ))}
      </div>
      {hint && <p className="mt-1 text-sm text-faint">{hint}</p>}
    </fieldset>
  );
}

export function LookTab() {
  const t = useWords('me');
  const [now, setNow] = useState<Look>(look());
  const [isKeysOpen, setKeysOpen] = useState(false);
  const change = (wish: Partial<Look>) => { setLook(wish); setNow(look()); };
  return (
    <>
      <Card title={t('look.title')}>
        <p className="mb-4 text-faint">{t('look.hint')}</p>
        <Choice<Theme> legend={t('look.theme')} name="theme" value={now.theme} onChange={(theme) => change({ theme })} options={[['system', t('look.system')], ['light', t('look.light')], ['dark', t('look.dark')]]} />
        <Choice<Density> legend={t('look.density')} name="density" value={now.density} onChange={(density) => change({ density })} options={[['comfortable', t('look.comfortable')], ['compact', t('look.compact')]]} hint={t('look.density_hint')} />
        <LanguageChoice boxClass="max-w-60" />
      </Card>
      <Card title={t('look.keys')}>
        <Check label={t('nav:single_keys')} hint={t('look.single_keys_hint')} checked={now.singleKeys} onChange={(event) => change({ singleKeys: event.currentTarget.checked })} />
        <Button onClick={() => setKeysOpen(true)}>{t('look.change_keys')}</Button>
      </Card>
      {isKeysOpen && <Suspense fallback={<DialogComing />}><KeyHelp onClose={() => { setKeysOpen(false); setNow(look()); }} /></Suspense>}
    </>
  );
}
