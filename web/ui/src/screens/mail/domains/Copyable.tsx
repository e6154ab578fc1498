// A value to paste elsewhere, exactly as it is, with a button beside it.
import { CopyButton } from '@/kit/CopyButton';

export function Copyable({ label, text, what }: { label: string; text: string; what: string }) {
  return (
    <div className="grid gap-x-3 gap-y-0.5 sm:grid-cols-[8.5rem_1fr_auto] sm:items-start">
      <dt className="pt-1 text-sm text-faint">{label}</dt>
      <dd className="m-0 min-w-0 rounded-md bg-ground px-2 py-1 font-mono text-[0.85em] break-all whitespace-pre-wrap">{text}</dd>
      <dd className="m-0"><CopyButton text={text} what={what} /></dd>
    </div>
  );
}
