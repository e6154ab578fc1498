// What every editor ends with: what went wrong, whether something is unsaved, and the ways out. It stays at the page's edge.
import { useEffect, useMemo, useRef } from 'react';
import { useCommands, type Command } from '@/app/keys';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Keys } from '@/kit/Keys';
import { useDock } from '@/kit/useDock';
import { ClashNote } from './ClashNote';
import type { Editor } from './useEditor';

interface BarProps<Saved, Draft> { editor: Editor<Saved, Draft>; fieldWords?: (key: keyof Draft) => string; back: string }

export function SaveBar<Saved, Draft extends object>({ editor, fieldWords = String, back }: BarProps<Saved, Draft>) {
  const t = useWords('rules');
  const box = useRef<HTMLDivElement>(null);
  const saving = useRef(editor.save);
  saving.current = editor.save;
  const commands = useMemo<Command[]>(() => [{ id: 'editor.save', title: t('save'), keys: 'Mod+S', inFields: true, run: () => saving.current() }, { id: 'editor.save_too', title: t('save'), keys: 'Mod+Enter', inFields: true, hidden: true, run: () => saving.current() }], [t]);
  useCommands(commands);
  useDock(box, true);
  // The first place that was refused is where one goes on.
  useEffect(() => {
    if (editor.problems.size === 0) return;
    const page = box.current?.closest('form') ?? document;
    (page.querySelector<HTMLElement>('[aria-invalid=true]') ?? page.querySelector<HTMLElement>('[role=alert]') ?? box.current)?.scrollIntoView({ block: 'center' });
    page.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [editor.problems]);
  const general = editor.problems.get('');
  return (
    <div ref={box} className="sticky bottom-0 z-10 -mx-4 mt-4 border-t border-line bg-paper px-4 py-2">
      {general && <p role="alert" className="mb-2 text-bad">{general}</p>}
      {editor.problems.size > 0 && !general && <p role="alert" className="mb-2 text-sm text-bad">{t('refused', { count: editor.problems.size })}</p>}
      {editor.clash && <ClashNote words={t('clash.text', { fields: editor.clash.both.map(fieldWords).join(', ') })} onMine={editor.saveOver} onTheirs={editor.takeTheirs} />}
      {editor.isGone && <p role="alert" className="mb-2 rounded-lg border border-warn bg-warn-ground p-3 text-warn">{t('gone')}</p>}
      <div className="flex flex-wrap items-center gap-2">
        <Button look="main" type="submit" isBusy={editor.isBusy} disabled={!editor.isDirty && !editor.isNew}>{t(editor.isNew ? 'create' : 'save')} <span className="max-sm:hidden"><Keys keys="Mod+S" /></span></Button>
        {editor.isDirty && !editor.isNew && <Button onClick={editor.discard}>{t('discard')}</Button>}
        <a href={`#${back}`} className="px-2">{t('back')}</a>
        <span role="status" className="text-sm text-faint">{editor.isDirty ? t('unsaved') : ''}</span>
      </div>
    </div>
  );
}
