import type { ReactNode } from 'react';

// What is known, without lines about what is not.
export const Facts = ({ rows }: { rows: [string, ReactNode][] }) => (
  <dl className="space-y-2">{rows.filter(([, value]) => value !== null && value !== undefined && value !== '').map(([name, value]) => <div key={name}><dt className="text-sm text-faint">{name}</dt><dd className="whitespace-pre-wrap [overflow-wrap:anywhere]">{value}</dd></div>)}</dl>
);
