import type { ButtonHTMLAttributes, MouseEvent } from 'react';

export type ButtonLook = 'main' | 'plain' | 'quiet' | 'danger';
const looks: Record<ButtonLook, string> = {
  main: 'bg-accent text-on-accent border-accent font-semibold hover:brightness-110',
  plain: 'bg-paper text-ink border-line-strong hover:bg-accent-ground',
  quiet: 'bg-transparent text-accent border-transparent hover:bg-accent-ground',
  danger: 'bg-paper text-bad border-bad hover:bg-bad-ground',
};

// type="button" unless said otherwise: a button in a form submits only where that is meant. At least 24 px (WCAG 2.5.8). One that is
// busy is not shut, for the focus would leave it: it does nothing when it is pressed.
export function Button({ look = 'plain', className = '', isBusy = false, disabled = false, onClick, children, ...rest }: ButtonHTMLAttributes<HTMLButtonElement> & { look?: ButtonLook; isBusy?: boolean }) {
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (isBusy) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button type="button" {...rest} onClick={press} disabled={disabled && !isBusy} aria-disabled={isBusy || undefined} aria-busy={isBusy || undefined}
      className={`inline-flex min-h-7 items-center justify-center gap-2 rounded-md border px-2.5 py-1 disabled:opacity-55 aria-disabled:opacity-55 ${looks[look]} ${className}`}>{children}</button>
  );
}
