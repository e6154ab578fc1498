// The buttons of formatting; each has the usual key of editors (Ctrl-B and so on). The bar is one stop for Tab: arrows go through
// it, Escape goes back to the text, and Alt-F10 comes here from it.
import type { Editor } from '@tiptap/core';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Icon } from '../icons';

type Name = 'bold' | 'italic' | 'strike' | 'code' | 'bulletList' | 'orderedList' | 'blockquote' | 'codeBlock';
interface Kind { name: Name; sign: string; look: string; keys: string } // keys: as Tiptap has them
const kinds: Kind[] = [
  { name: 'bold', sign: 'B', look: 'font-bold', keys: 'Mod+B' }, { name: 'italic', sign: 'I', look: 'italic', keys: 'Mod+I' }, { name: 'strike', sign: 'S', look: 'line-through', keys: 'Mod+Shift+S' }, { name: 'code', sign: '<>', look: 'font-mono', keys: 'Mod+E' },
  { name: 'bulletList', sign: 'list', look: '', keys: 'Mod+Shift+8' }, { name: 'orderedList', sign: 'numbers', look: '', keys: 'Mod+Shift+7' }, { name: 'blockquote', sign: 'quote', look: '', keys: 'Mod+Shift+B' }, { name: 'codeBlock', sign: '{}', look: 'font-mono', keys: 'Mod+Alt+C' },
];
export const kLinkKeys = 'Mod+Alt+K';
const shown = (keys: string) => keys.replace('Mod', /Mac|iP/.test(navigator.platform) ? '⌘' : 'Ctrl');
const pressed = (keys: string) => keys.replace('Mod', /Mac|iP/.test(navigator.platform) ? 'Meta' : 'Control'); // as aria-keyshortcuts has it

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

interface FormatProps { editor: Editor; label: string; isPlain: boolean; onPlain: (isPlain: boolean) => void; asksLink: boolean; onLink: (asks: boolean) => void }

export function Format({ editor, label, isPlain, onPlain, asksLink, onLink }: FormatProps) {
  const t = useWords('ticket');
  const bar = useRef<HTMLDivElement>(null);
  const [stop, setStop] = useState(0); // the button that Tab comes to
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target instanceof HTMLInputElement) return;
    const all = [...(bar.current?.querySelectorAll<HTMLElement>('[data-stop]') ?? [])];
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); editor.commands.focus(); return; }
    const to = { ArrowRight: (stop + 1) % all.length, ArrowLeft: (stop - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setStop(to);
    all[to]?.focus();
  };
  const one = (at: number) => ({ 'data-stop': true, tabIndex: stop === at ? 0 : -1, onFocus: () => setStop(at), onMouseDown: (event: { preventDefault: () => void }) => event.preventDefault() });
  const look = 'rounded text-faint hover:bg-accent-ground hover:text-ink aria-pressed:bg-accent-ground aria-pressed:text-accent disabled:opacity-40';
  const wide = `${look} min-h-7 px-2 text-xs aria-pressed:font-semibold`;
  return (
    <div ref={bar} role="toolbar" aria-label={label} data-format-bar onKeyDown={move} className="flex flex-wrap items-center gap-0.5 px-2 pb-1">
      {kinds.map(({ name, sign, look: own, keys }, at) => (
        <button key={name} type="button" {...one(at)} aria-label={t(`format.${name}`)} title={`${t(`format.${name}`)} (${shown(keys)})`} aria-keyshortcuts={pressed(keys)} aria-pressed={editor.isActive(name)} onClick={() => toggle(editor, name)}
          className={`size-7 ${look} ${own}`}>{sign === 'quote' || sign === 'list' || sign === 'numbers' ? <Icon name={sign} className="mx-auto size-4" /> : sign}</button>
      ))}
      {asksLink ? <LinkForm editor={editor} onDone={() => { onLink(false); editor.commands.focus(); }} />
        : <button type="button" {...one(kinds.length)} aria-label={t('format.link')} title={`${t('format.link')} (${shown(kLinkKeys)})`} aria-keyshortcuts={pressed(kLinkKeys)} aria-pressed={editor.isActive('link')} onClick={() => onLink(true)} className={`size-7 ${look}`}><Icon name="link" className="mx-auto size-4" /></button>}
      <button type="button" {...one(kinds.length + (asksLink ? 0 : 1))} onClick={() => editor.chain().focus().unsetAllMarks().clearNodes().run()} className={wide}>{t('format.clear')}</button>
      <button type="button" {...one(kinds.length + (asksLink ? 1 : 2))} aria-pressed={isPlain} title={t('format.plain_hint')} onClick={() => onPlain(!isPlain)} className={`ml-auto ${wide}`}>{t('format.plain')}</button>
    </div>
  );
}
