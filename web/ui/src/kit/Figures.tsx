// Some numbers in a row, each with its name.
export interface Figure { name: string; value: string; tone?: 'good' | 'bad' | 'warn' }
const tones = { good: 'text-good', bad: 'text-bad', warn: 'text-warn' };

export const Figures = ({ list }: { list: Figure[] }) => (
  <dl className="mb-4 grid grid-cols-2 gap-2 sm:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))]">
    {list.map((each) => (
      <div key={each.name} className="flex flex-col-reverse justify-end rounded-lg border border-line bg-paper px-3 py-2">
        <dt className="text-sm text-faint">{each.name}</dt><dd className={`m-0 text-xl font-semibold tabular-nums ${each.tone ? tones[each.tone] : ''}`}>{each.value}</dd>
      </div>
    ))}
  </dl>
);
