import type { ReactNode } from 'react';

// One line of a list of things with what may be done to each.
export const FactorRow = ({ name, badge, detail, children }: { name: ReactNode; badge?: ReactNode; detail?: ReactNode; children?: ReactNode }) => (
  <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2.5">
    <div className="min-w-52 flex-1">
      <p className="flex flex-wrap items-center gap-2 font-medium [overflow-wrap:anywhere]">{name}{badge}</p>
      {detail && <p className="text-sm text-faint">{detail}</p>}
    </div>
    <div className="flex flex-wrap gap-2">{children}</div>
  </li>
);
