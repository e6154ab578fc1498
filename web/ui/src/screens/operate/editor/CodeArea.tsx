// A text field for a document with the numbers of its lines; lines with problems are marked. Only the lines in sight have
// a number in the page, so that a long document is as quick as a short one.
import { forwardRef, useImperativeHandle, useRef, useState, type KeyboardEvent } from 'react';

const kLine = 21; // px, of the text field and of what stands beside it
const kPad = 8;

export interface CodeAreaHandle { showLine: (line: number) => void }
interface Props { id: string; label: string; describedBy?: string; value: string; problems: ReadonlyMap<number, string>; onChange: (value: string) => void; onKeyDown?: (event: KeyboardEvent) => void }

export const CodeArea = forwardRef<CodeAreaHandle, Props>(function CodeArea({ id, label, describedBy, value, problems, onChange, onKeyDown }, handle) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [scroll, setScroll] = useState(0);
  useImperativeHandle(handle, () => ({
    showLine: (line) => {
      const area = field.current;
      if (!area) return;
      const lines = area.value.split('\n');
      const begin = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
      area.focus();
      area.setSelectionRange(begin, begin + (lines[line - 1]?.length ?? 0));
      area.scrollTop = Math.max(0, (line - 6) * kLine);
    },
  }), []);
  const count = value.split('\n').length;
  const first = Math.max(0, Math.floor((scroll - kPad) / kLine) - 4);
  const last = Math.min(count, first + Math.ceil((field.current?.clientHeight ?? 900) / kLine) + 10);
  const lines = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at + 1);
  const top = (line: number) => (line - 1) * kLine + kPad - scroll;
  return (
    <div className="relative h-[min(60dvh,44rem)] min-h-64 overflow-hidden rounded-lg border border-line-strong bg-paper font-mono text-[13px] focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent" style={{ lineHeight: `${kLine}px` }}>
      <div aria-hidden className="absolute inset-0 overflow-hidden">
        {lines.filter((line) => problems.has(line)).map((line) => <div key={line} className="absolute right-0 left-0 bg-bad-ground" style={{ top: top(line), height: kLine }} />)}
      </div>
      <div aria-hidden className="absolute inset-y-0 left-0 w-12 overflow-hidden border-r border-line bg-ground text-right text-faint select-none">
        {lines.map((line) => <div key={line} className={`absolute right-0 left-0 pr-2 ${problems.has(line) ? 'bg-bad-ground font-bold text-bad' : ''}`} style={{ top: top(line), height: kLine }}>{problems.has(line) && <span className="float-left pl-1.5">!</span>}{line}</div>)}
      </div>
      <textarea ref={field} id={id} aria-label={label} aria-describedby={describedBy} aria-invalid={problems.size > 0 || undefined} value={value} wrap="off" spellCheck={false} autoCapitalize="none" autoComplete="off"
        onChange={(event) => onChange(event.currentTarget.value)} onScroll={(event) => setScroll(event.currentTarget.scrollTop)} onKeyDown={onKeyDown}
        className="absolute inset-y-0 right-0 left-12 w-[calc(100%-3rem)] resize-none overflow-auto border-0 bg-transparent px-3 whitespace-pre text-ink outline-none"
        style={{ paddingTop: kPad, paddingBottom: kPad, lineHeight: `${kLine}px`, tabSize: 4 }} />
    </div>
  );
});
