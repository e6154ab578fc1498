// Tags: added and taken away one by one, so that two people who tag at once both succeed.
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { get } from '@/api/http';
import { useWords } from '@/i18n';
import type { FieldProps } from './Properties';

export function Tags({ ticket, save, problems, isFixed }: FieldProps) {
  const t = useWords('ticket');
  const id = useId();
  const [text, setText] = useState('');
  const { data } = useQuery({ queryKey: ['tags_like', text], enabled: text.length > 1, queryFn: async ({ signal }) => (await get(`/api/v2/autocomplete/tags?name=${encodeURIComponent(text)}`, signal)).tags, placeholderData: (was) => was });
  const add = (words: string) => {
    const tags = words.split(/[\s,]+/).filter(Boolean);
    if (tags.length === 0) return;
    void save({ additional_tags: tags }).then((isDone) => { if (isDone) setText(''); });
  };
  return (
    <div className="mb-3">
      <label htmlFor={id} className="mb-1 block text-sm font-semibold">{t('field.tags')}</label>
      <div className="flex flex-wrap gap-1 rounded-md border border-line-strong bg-paper p-1">
        {ticket.tags.map((each) => (
          <span key={each} className="inline-flex min-h-6 max-w-full items-center rounded bg-accent-ground pl-1.5 text-sm"><span className={`truncate ${isFixed ? 'pr-1.5' : ''}`}>{each}</span>
            {!isFixed && <button type="button" aria-label={t('remove_tag', { tag: each })} onClick={() => void save({ remove_tags: [each] })} className="size-6 rounded hover:bg-bad-ground hover:text-bad">×</button>}</span>
        ))}
        {!isFixed && <input id={id} list={`${id}-list`} value={text} data-tags autoComplete="off" className="min-h-6 min-w-20 flex-1 bg-transparent px-1" placeholder={ticket.tags.length ? '' : t('add_tag')} aria-describedby={problems.tags ? `${id}-error` : undefined}
          onInput={(event) => setText(event.currentTarget.value)} onBlur={() => add(text)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' || event.key === ',' || event.key === ' ') { event.preventDefault(); add(text); }
            if (event.key === 'Backspace' && !text && ticket.tags.length > 0) void save({ remove_tags: [ticket.tags.at(-1)] });
          }} />}
        <datalist id={`${id}-list`}>{(data ?? []).filter((each) => !ticket.tags.includes(each)).map((each) => <option key={each} value={each} />)}</datalist>
      </div>
      {problems.tags && <p id={`${id}-error`} role="alert" className="mt-1 text-sm text-bad">{problems.tags}</p>}
    </div>
  );
}
