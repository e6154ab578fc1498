// Signs drawn by us: no font of the machine decides whether they are there.
const paths = {
  lock: 'M5 7V5a3 3 0 0 1 6 0v2M4 7h8v7H4z',
  mail: 'M2 4h12v9H2zM2 4.5l6 5 6-5',
  clip: 'M12.5 7.5 8 12a2.8 2.8 0 0 1-4-4l5-5a1.9 1.9 0 0 1 2.7 2.7l-5 5a.9.9 0 0 1-1.3-1.3l4.5-4.5',
  bolt: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
  link: 'M6.5 9.5a2.5 2.5 0 0 0 3.6 0l2.4-2.4a2.5 2.5 0 0 0-3.6-3.6L8 4.4M9.5 6.5a2.5 2.5 0 0 0-3.6 0L3.5 8.9a2.5 2.5 0 0 0 3.6 3.6l.9-.9',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 5v3l2 1.5',
  pen: 'M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2z',
  quote: 'M3 11V8a3 3 0 0 1 3-3M3 8h3v3H3zM9 11V8a3 3 0 0 1 3-3M9 8h3v3H9z',
  list: 'M3 4h.01M3 8h.01M3 12h.01M6.5 4H14M6.5 8H14M6.5 12H14',
  numbers: 'M2.5 3.2 3.6 2.5V6M2.3 10.2c.4-.9 2-.7 1.9.3-.1.8-1.9 1.4-1.9 2.5h2M7 4.3h7M7 8h7M7 11.7h7',
  dots: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
} as const;

export const Icon = ({ name, className = 'size-4' }: { name: keyof typeof paths; className?: string }) => (
  <svg aria-hidden viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={name === 'dots' ? 2.2 : 1.4} strokeLinecap="round" strokeLinejoin="round" className={`shrink-0 ${className}`}><path d={paths[name]} /></svg>
);
