// What every placeholder stands for, and which are left out in mail to somebody who has not proven who he is.
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { usePlaceholders } from './Template';

export function PlaceholderHelp() {
  const t = useWords('rules');
  const list = usePlaceholders();
  return (
    <details className="mt-2 rounded-lg border border-line px-3 py-2">
      <summary className="cursor-pointer font-semibold">{t('placeholder.help')}</summary>
      <p className="my-2 max-w-prose text-sm text-faint">{t('placeholder.help_text')}</p>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={t('placeholder.help')}>
        <table className="w-full text-left text-sm">
          <thead><tr className="text-faint"><th scope="col" className="py-1 pr-3">{t('placeholder.name')}</th><th scope="col" className="py-1 pr-3">{t('placeholder.meaning')}</th></tr></thead>
          <tbody>
            {list.map((each) => (
              <tr key={each.name} className="border-t border-line align-top">
                <td className="py-1 pr-3"><code className="whitespace-nowrap">{`{{${each.name}}}`}</code></td>
                <td className="py-1 pr-3">{each.title} {each.hidden_from_strangers && <Badge>{t('placeholder.hidden')}</Badge>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
