// "?": the keys of this screen, each of which can be changed or switched off.
import { useState } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Keys } from '@/kit/Keys';
import { keysOf, ownKeys, setOwnKey, strokeOf, useAllCommands, type Command } from './keys';
import { look, setLook } from './look';

function KeyRow({ command }: { command: Command }) {
  const t = useWords('nav');
  const [isAsking, setAsking] = useState(false);
  const isOwn = ownKeys()[command.id] !== undefined;
  return (
    <tr className="border-t border-line">
      <td className="py-1 pr-4">{command.title}</td>
      <td className="py-1 pr-4">
        {isAsking
          ? <input autoFocus readOnly value={t('press_a_key')} aria-label={t('press_a_key')} className="w-32 rounded border border-accent px-2"
              onBlur={() => setAsking(false)} onKeyDown={(event) => {
                if (/^(Control|Shift|Alt|Meta|Tab)$/.test(event.key)) return;
                event.preventDefault();
                event.stopPropagation();
                if (event.key !== 'Escape') setOwnKey(command.id, event.key === 'Backspace' ? '' : strokeOf(event.nativeEvent));
                setAsking(false);
              }} />
          : <Keys keys={keysOf(command)} />}
      </td>
      <td className="py-1 whitespace-nowrap">
        <Button look="quiet" aria-label={t('change_key_of', { what: command.title })} onClick={() => setAsking(true)}>{t('change_key')}</Button>
        {isOwn && <Button look="quiet" onClick={() => setOwnKey(command.id, undefined)}>{t('usual_key')}</Button>}
      </td>
    </tr>
  );
}

export default function KeyHelp({ onClose }: { onClose: () => void }) {
  const t = useWords('nav');
  const [single, setSingle] = useState(look().singleKeys);
  const commands = useAllCommands();
  const groups = [...new Set(commands.map((each) => each.group ?? ''))];
  return (
    <Dialog title={t('keys')} onClose={onClose}>
      <label className="flex items-center gap-2"><input type="checkbox" checked={single} onChange={(event) => { setSingle(event.currentTarget.checked); setLook({ singleKeys: event.currentTarget.checked }); }} />{t('single_keys')}</label>
      <p className="mt-1 text-faint">{t('keys_hint')}</p>
      {groups.map((group) => (
        <section key={group} className="mt-3">
          <h3>{group || t('this_page')}</h3>
          <table className="w-full"><tbody>{commands.filter((each) => (each.group ?? '') === group).map((each) => <KeyRow key={each.id} command={each} />)}</tbody></table>
        </section>
      ))}
    </Dialog>
  );
}
