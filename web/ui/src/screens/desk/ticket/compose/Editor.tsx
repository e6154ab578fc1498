// The text of a reply or a note: Tiptap, in a chunk of its own. It is told of a change from elsewhere (a macro, a draft of
// another device) by `epoch`; what is typed it tells as text.
import { Editor as Tiptap } from '@tiptap/core';
import Mention from '@tiptap/extension-mention';
import Placeholder from '@tiptap/extension-placeholder';
import StarterKit from '@tiptap/starter-kit';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useWords } from '@/i18n';
import type { Person } from '@/screens/desk/types';
import { Colleagues, type Asking } from './Colleagues';
import { Format } from './Format';
import { docOf, mentionsOf, textOf } from './markdown';
import { pastedFiles } from './pasted';
import './editor.css';

export interface EditorHandle { focus: () => void }
interface Props {
  text: string;
  epoch: number;
  label: string;
  placeholder: string;
  describedBy: string;
  colleagues: Person[]; // who can be mentioned; empty: nobody
  onText: (text: string, mentions: string[]) => void;
  onFiles: (files: File[]) => void;
  onLeave: () => void; // Escape: the keys of the page work again
  onReady: (handle: EditorHandle | null) => void;
  isPlain: boolean; // to be sent without formatting
  onPlain: (isPlain: boolean) => void;
  isFocusWanted: boolean;
}

export default function Editor(props: Props) {
  const t = useWords('ticket');
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Tiptap | null>(null);
  const now = useRef(props);
  now.current = props;
  const [asking, setAsking] = useState<Asking | null>(null);
  const answer = useRef<((event: KeyboardEvent) => boolean) | null>(null);
  const [asksLink, setAsksLink] = useState(false);
  const askLink = useRef(setAsksLink);
  const box = useRef<HTMLDivElement>(null);
  const [, redraw] = useState(0);
  const epoch = useRef(props.epoch);

  // Before the next key: what is typed behind "r" belongs in here.
  useLayoutEffect(() => {
    const own = new Tiptap({
      element: place.current,
      injectCSS: false,
      content: docOf(now.current.text),
      extensions: [
        StarterKit.configure({ underline: false, heading: false, horizontalRule: false, link: { openOnClick: false, autolink: true, protocols: ['http', 'https', 'mailto'] } }),
        Placeholder.configure({ placeholder: () => now.current.placeholder }),
        Mention.configure({
          HTMLAttributes: { class: 'mention' },
          suggestion: {
            char: '@',
            allow: () => now.current.colleagues.length > 0,
            items: ({ query }) => now.current.colleagues.filter((each) => `${each.name} ${each.email}`.toLowerCase().includes(query.toLowerCase())).slice(0, 8),
            render: () => ({
              onStart: (asked) => setAsking({ people: asked.items as Person[], at: asked.clientRect?.() ?? null, pick: (person) => asked.command({ id: String(person.id), label: person.name || person.email }) }),
              onUpdate: (asked) => setAsking({ people: asked.items as Person[], at: asked.clientRect?.() ?? null, pick: (person) => asked.command({ id: String(person.id), label: person.name || person.email }) }),
              onKeyDown: ({ event }) => answer.current?.(event) ?? false,
              onExit: () => setAsking(null),
            }),
          },
        }),
      ],
      editorProps: {
        attributes: () => ({ role: 'textbox', 'aria-multiline': 'true', 'aria-label': now.current.label, 'aria-describedby': now.current.describedBy, class: 'ProseMirror max-h-[38dvh] overflow-y-auto px-3 py-2' }),
        // Sending is a command of the page; here it would break the line.
        handleDOMEvents: { keydown: (_view, event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) },
        handleKeyDown: (_view, event) => {
          if (event.altKey && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') { askLink.current(true); return true; }
          if (event.altKey && event.key === 'F10') {
            box.current?.querySelector<HTMLElement>('[data-format-bar] [tabindex="0"]')?.focus();
            return true;
          }
          if (event.key !== 'Escape' || answer.current) return false;
          now.current.onLeave();
          return true;
        },
        handlePaste: (_view, event) => {
          const { files, isWhole } = pastedFiles(event.clipboardData);
          if (files.length > 0) now.current.onFiles(files);
          return isWhole;
        },
        handleDrop: (_view, event) => (event.dataTransfer?.files.length ?? 0) > 0, // the composer takes them
      },
      onUpdate: ({ editor: changed }) => {
        const doc = changed.getJSON();
        now.current.onText(textOf(doc), mentionsOf(doc));
      },
      onTransaction: () => redraw((was) => was + 1),
    });
    editor.current = own;
    redraw((was) => was + 1);
    const focus = () => {
      own.commands.setTextSelection(own.state.doc.content.size);
      own.view.focus();
    };
    if (now.current.isFocusWanted) focus();
    now.current.onReady({ focus });
    return () => {
      now.current.onReady(null);
      own.destroy();
    };
  }, []);

  useEffect(() => {
    if (epoch.current === props.epoch) return;
    epoch.current = props.epoch;
    editor.current?.commands.setContent(docOf(props.text), { emitUpdate: false });
    if (editor.current?.isFocused) editor.current.commands.focus('end');
  }, [props.epoch, props.text]);

  // The words around the text change with its kind.
  useEffect(() => { const own = editor.current; if (own) own.view.dispatch(own.state.tr.setMeta('words', true)); }, [props.label, props.placeholder]);

  return (
    <div ref={box} className="relative">
      <div ref={place} />
      {editor.current && <Format editor={editor.current} label={t('formatting')} isPlain={props.isPlain} onPlain={props.onPlain} asksLink={asksLink} onLink={setAsksLink} />}
      {asking && asking.people.length > 0 && <Colleagues asking={asking} onKeys={(handler) => { answer.current = handler; }} />}
    </div>
  );
}
