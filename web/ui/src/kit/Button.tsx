import type { ButtonHTMLAttributes } from 'react';

export type ButtonLook = 'main' | 'plain' | 'quiet' | 'danger';
const looks: Record<ButtonLook, string> = {
  main: 'bg-accent text-on-accent border-accent font-semibold hover:brightness-110',
  plain: 'bg-paper text-ink border-line-strong hover:bg-accent-ground',
  quiet: 'bg-transparent text-accent border-transparent hover:bg-accent-ground',
  danger: 'bg-paper text-bad border-bad hover:bg-bad-ground',
};

// type="button" unless said otherwise: a button in a form submits only where that is meant. At least 24 px (WCAG 2.5.8).
export function Button({ look = 'plain', className = '', isBusy = false, disabled, children, ...rest }: ButtonHTMLAttributes<HTMLButtonElement> & { look?: ButtonLook; isBusy?: boolean }) {
  return (
    <button type="button" {...rest} disabled={disabled || isBusy} aria-busy={isBusy || undefined}
      className={`inline-flex min-h-7 items-center justify-center gap-2 rounded-md border px-2.5 py-1 disabled:opacity-55 ${looks[look]} ${className}`}>{children}</button>
  );
}
