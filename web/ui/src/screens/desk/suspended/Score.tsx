// The parts of a message's spam score, the heaviest first, with a bar beside the number.
import { useState } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';

export function Score({ spam }: { spam: { score: number; symbols: { name: string; weight: number }[] } }) {
  const t = useWords('suspended');
  const [isOpen, setOpen] = useState(false);
  if (spam.symbols.length === 0) return null;
  const parts = [...spam.symbols].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const most = Math.max(...parts.map((each) => Math.abs(each.weight)), 0.1);
  return (
    <div className="mt-2">
      <Button look="quiet" className="-ml-2.5" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t(isOpen ? 'score_hide' : 'score_show', { count: parts.length })}</Button>
      {isOpen && (
        <table className="mt-1 w-full max-w-xl text-sm">
          <caption className="sr-only">{t('score_parts')}</caption>
          <thead className="sr-only"><tr><th scope="col">{t('score_part')}</th><th scope="col">{t('score_weight')}</th></tr></thead>
          <tbody>
            {parts.map((each) => (
              <tr key={each.name} className="border-t border-line first:border-0">
                <th scope="row" className="py-1 pr-3 text-left font-normal"><code>{each.name}</code> <span className="text-faint">{t(`symbol.${each.name}`, { defaultValue: '' })}</span></th>
                <td className="w-40 py-1"><span className="flex items-center gap-2"><span aria-hidden className={`inline-block h-2 rounded ${each.weight > 0 ? 'bg-bad' : 'bg-good'}`} style={{ width: `${Math.round((Math.abs(each.weight) / most) * 6)}rem` }} /><span className="tabular-nums">{each.weight > 0 ? '+' : ''}{each.weight.toFixed(1)}</span></span></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
