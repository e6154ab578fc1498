// On or off, at once.
export function Switch({ label, isOn, isBusy = false, isLabelShown = false, onChange }: { label: string; isOn: boolean; isBusy?: boolean; isLabelShown?: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <button type="button" role="switch" aria-checked={isOn} aria-label={isLabelShown ? undefined : label} disabled={isBusy} onClick={() => onChange(!isOn)}
      className="inline-flex min-h-6 items-center gap-2 rounded-full disabled:opacity-55">
      <span aria-hidden className={`inline-flex h-5 w-9 items-center rounded-full border px-0.5 ${isOn ? 'justify-end border-accent bg-accent' : 'justify-start border-line-strong bg-ground'}`}>
        <span className={`size-3.5 rounded-full ${isOn ? 'bg-on-accent' : 'bg-line-strong'}`} />
      </span>
      {isLabelShown && label}
    </button>
  );
}
