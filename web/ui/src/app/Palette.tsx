// Ctrl-K: every command of the page and of the screen, found by typing.
import { Command } from 'cmdk';
import { useCallback, useRef } from 'react';
import { useWords } from '@/i18n';
import { Dialog } from '@/kit/Dialog';
import { keysOf, useAllCommands } from './keys';
import { Keys } from '@/kit/Keys';

export default function Palette({ onClose }: { onClose: () => void }) {
  const t = useWords('nav');
  const commands = useAllCommands().filter((each) => !each.hidden);
  const box = useRef<HTMLDivElement>(null);
  // Gone from sight at once; taking its many lines down is nothing to wait for.
  const close = useCallback(() => {
    box.current?.closest('dialog')?.close();
    requestAnimationFrame(() => setTimeout(onClose));
  }, [onClose]);
  return (
    <Dialog title={t('palette')} isTitleHidden onClose={close} className="mt-[10vh]">
      <Command ref={box} label={t('palette')} className="w-[min(36rem,90vw)]">
        <Command.Input autoFocus placeholder={t('palette_hint')} className="w-full rounded border border-line-strong bg-paper px-3 py-2" />
        <Command.List className="mt-2 max-h-[50vh] overflow-auto">
          <Command.Empty className="p-3 text-faint">{t('palette_empty')}</Command.Empty>
          {commands.map((each) => (
            <Command.Item key={each.id} value={`${each.title} ${each.id}`} onSelect={() => { close(); each.run(); }}
              className="flex cursor-pointer items-center justify-between rounded px-3 py-1.5 data-[selected=true]:bg-accent-ground">
              <span>{each.title}</span><Keys keys={keysOf(each)} />
            </Command.Item>
          ))}
        </Command.List>
      </Command>
    </Dialog>
  );
}
