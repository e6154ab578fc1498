// A password that can be looked at while it is typed.
import { useState, type InputHTMLAttributes, type ReactNode } from 'react';
import { useWords } from '@/i18n';
import { Field } from '@/kit/Field';

type Props = InputHTMLAttributes<HTMLInputElement> & { label: string; hint?: ReactNode; error?: string };

export function PasswordField(props: Props) {
  const t = useWords('entry');
  const [isShown, setShown] = useState(false);
  return (
    <div className="relative">
      <Field {...props} type={isShown ? 'text' : 'password'} maxLength={1024} spellCheck={false} autoCapitalize="none" />
      <button type="button" aria-label={isShown ? t('hide_typed') : t('show_typed')} onClick={() => setShown((was) => !was)}
        className="absolute top-0 right-0 min-h-6 rounded px-1.5 text-sm text-accent hover:bg-accent-ground">{isShown ? t('hide') : t('show')}</button>
    </div>
  );
}
