// Form fields with label, hint and error tied together.
import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes } from 'react';

interface Around { label: ReactNode; hint?: ReactNode; error?: string; isLabelHidden?: boolean; boxClass?: string }
const box = 'w-full rounded-md border border-line-strong bg-paper px-2.5 py-1.5 text-ink aria-[invalid=true]:border-bad';

function useAround({ label, hint, error, isLabelHidden, boxClass = '' }: Around) {
  const id = useId();
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
  const wrap = (control: ReactNode) => (
    <div className={`mb-3 ${boxClass}`}>
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'mb-1 block text-sm font-semibold'}>{label}</label>
      {control}
      {hint && <p id={`${id}-hint`} className="mt-1 text-sm text-faint">{hint}</p>}
      {error && <p id={`${id}-error`} role="alert" className="mt-1 text-sm text-bad">{error}</p>}
    </div>
  );
  return { wrap, props: { id, 'aria-describedby': described, 'aria-invalid': error ? true : undefined } as const };
}

export function Field({ label, hint, error, isLabelHidden, boxClass, className = '', ...rest }: Around & InputHTMLAttributes<HTMLInputElement>) {
  const { wrap, props } = useAround({ label, hint, error, isLabelHidden, boxClass });
  return wrap(<input {...rest} {...props} className={`${box} ${className}`} />);
}

export function TextField({ label, hint, error, isLabelHidden, boxClass, className = '', ...rest }: Around & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const { wrap, props } = useAround({ label, hint, error, isLabelHidden, boxClass });
  return wrap(<textarea rows={4} {...rest} {...props} className={`${box} ${className}`} />);
}

export function Select({ label, hint, error, isLabelHidden, boxClass, className = '', children, ...rest }: Around & SelectHTMLAttributes<HTMLSelectElement>) {
  const { wrap, props } = useAround({ label, hint, error, isLabelHidden, boxClass });
  return wrap(<select {...rest} {...props} className={`${box} ${className}`}>{children}</select>);
}

export function Check({ label, hint, className = '', ...rest }: { label: ReactNode; hint?: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <div className={`mb-2 flex items-start gap-2 ${className}`}>
      <input type="checkbox" {...rest} id={id} aria-describedby={hint ? `${id}-hint` : undefined} className="mt-1 size-4 shrink-0 accent-accent" />
      <div><label htmlFor={id}>{label}</label>{hint && <p id={`${id}-hint`} className="text-sm text-faint">{hint}</p>}</div>
    </div>
  );
}
