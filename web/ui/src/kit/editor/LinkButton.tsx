import type { ReactNode } from 'react';

// A link to the screen where something new is made, as the main button of a page.
export const LinkButton = ({ href, children }: { href: string; children: ReactNode }) => (
  <a href={href} className="inline-flex min-h-7 items-center rounded-md border border-accent bg-accent px-2.5 py-1 font-semibold text-on-accent no-underline hover:brightness-110">{children}</a>
);
