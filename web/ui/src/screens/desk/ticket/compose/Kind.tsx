// Public reply or internal note: said by words, by sign and by colour, everywhere where it matters.
import { useWords } from '@/i18n';
import { Keys } from '@/kit/Keys';
import { Icon } from '../icons';

interface Props { isPublic: boolean; mayReply: boolean; mayNote: boolean; onChange: (isPublic: boolean) => void }

export function Kind({ isPublic, mayReply, mayNote, onChange }: Props) {
  const t = useWords('ticket');
  const one = (value: boolean, may: boolean, words: string, keys: string) => (
    <label className={`flex min-h-8 items-center gap-1.5 rounded-md border px-2.5 ${isPublic === value ? (value ? 'border-accent bg-accent font-semibold text-on-accent' : 'border-note-line bg-note font-semibold text-ink outline outline-note-line') : 'border-line bg-paper text-faint'} ${may ? 'cursor-pointer' : 'opacity-55'} has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent`}>
      <input type="radio" name="kind" className="sr-only" checked={isPublic === value} disabled={!may} onChange={() => onChange(value)} />
      <Icon name={value ? 'mail' : 'lock'} />{words}<span aria-hidden className="max-md:hidden"><Keys keys={keys} /></span>
    </label>
  );
  return (
    <fieldset className="flex items-center gap-1">
      <legend className="sr-only">{t('kind')}</legend>
      {one(true, mayReply, t('public_reply'), 'r')}
      {one(false, mayNote, t('internal_note'), 'x')}
    </fieldset>
  );
}
