// The buttons of formatting; each has the usual key of editors (Ctrl-B and so on).
import type { Editor } from '@tiptap/core';
import { useState } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Icon } from '../icons';

type Name = 'bold' | 'italic' | 'strike' | 'code' | 'bulletList' | 'orderedList' | 'blockquote' | 'codeBlock';
const kinds: [Name, string, string][] = [['bold', 'B', 'font-bold'], ['italic', 'I', 'italic'], ['strike', 'S', 'line-through'], ['code', '<>', 'font-mono'], ['bulletList', 'list', ''], ['orderedList', 'numbers', ''], ['blockquote', 'quote', ''], ['codeBlock', '{}', 'font-mono']];

function toggle(editor: Editor, name: Name) {
  const chain = editor.chain().focus();
  if (name === 'bold') chain.toggleBold().run();
  else if (name === 'italic') chain.toggleItalic().run();
  else if (name === 'strike') chain.toggleStrike().run();
  else if (name === 'codeBlock') chain.toggleCodeBlock().run();
  else if (name === 'code') chain.toggleCode().run();
  else if (name === 'bulletList') chain.toggleBulletList().run();
  else if (name === 'orderedList') chain.toggleOrderedList().run();
  else chain.toggleBlockquote().run();
}

function LinkForm({ editor, onDone }: { editor: Editor; onDone: () => void }) {
  const t = useWords('ticket');
  const [address, setAddress] = useState((editor.getAttributes('link').href as string | undefined) ?? '');
  const set = () => {
    const href = /^(https?:|mailto:)/i.test(address) ? address : `https://${address}`;
    if (!address) editor.chain().focus().extendMarkRange('link').unsetLink().run();
    else if (editor.state.selection.empty && !editor.isActive('link')) editor.chain().focus().insertContent({ type: 'text', text: href, marks: [{ type: 'link', attrs: { href } }] }).run();
    else editor.chain().focus().extendMarkRange('link').setLink({ href }).run();
    onDone();
  };
  return (
    <span className="flex items-center gap-1">
      <input autoFocus value={address} aria-label={t('link_address')} placeholder="https://" onChange={(event) => setAddress(event.currentTarget.value)} className="min-h-7 w-48 rounded border border-line-strong bg-paper px-2"
        onKeyDown={(event) => { if (event.key === 'Enter') { event.preventDefault(); set(); } else if (event.key === 'Escape') { event.stopPropagation(); onDone(); } }} />
      <Button look="quiet" onClick={set}>{t('link_set')}</Button>
    </span>
  );
}

export function Format({ editor, label, isPlain, onPlain }: { editor: Editor; label: string; isPlain: boolean; onPlain: (isPlain: boolean) => void }) {
  const t = useWords('ticket');
  const [asksLink, setAsksLink] = useState(false);
  return (
    <div role="toolbar" aria-label={label} className="flex flex-wrap items-center gap-0.5 px-2 pb-1">
      {kinds.map(([name, sign, look]) => (
        <button key={name} type="button" aria-label={t(`format.${name}`)} title={t(`format.${name}`)} aria-pressed={editor.isActive(name)} onMouseDown={(event) => event.preventDefault()} onClick={() => toggle(editor, name)}
          className={`size-7 rounded text-faint hover:bg-accent-ground hover:text-ink aria-pressed:bg-accent-ground aria-pressed:text-accent ${look}`}>{sign === 'quote' || sign === 'list' || sign === 'numbers' ? <Icon name={sign} className="mx-auto size-4" /> : sign}</button>
      ))}
      <button type="button" aria-pressed={isPlain} title={t('format.plain_hint')} onMouseDown={(event) => event.preventDefault()} onClick={() => onPlain(!isPlain)}
        className="order-last ml-auto min-h-7 rounded px-2 text-xs text-faint hover:bg-accent-ground hover:text-ink aria-pressed:bg-accent-ground aria-pressed:font-semibold aria-pressed:text-accent">{t('format.plain')}</button>
      {asksLink ? <LinkForm editor={editor} onDone={() => setAsksLink(false)} />
        : <button type="button" aria-label={t('format.link')} title={t('format.link')} aria-pressed={editor.isActive('link')} onClick={() => setAsksLink(true)} className="size-7 rounded text-faint hover:bg-accent-ground hover:text-ink aria-pressed:text-accent"><Icon name="link" className="mx-auto size-4" /></button>}
    </div>
  );
}
