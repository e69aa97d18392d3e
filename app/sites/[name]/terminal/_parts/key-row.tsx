// Keys that a phone's keyboard lacks.

const KEYS = [
  { label: 'Esc', text: '\x1b' },
  { label: 'Tab', text: '\t' },
  { label: 'Ctrl C', text: '\x03' },
  { label: 'Ctrl D', text: '\x04' },
  { label: '↑', name: 'Up', text: '\x1b[A' },
  { label: '↓', name: 'Down', text: '\x1b[B' },
  { label: '←', name: 'Left', text: '\x1b[D' },
  { label: '→', name: 'Right', text: '\x1b[C' },
];

export function KeyRow({ onKey }: { onKey: (text: string) => void }) {
  return (
    <div
      role="toolbar"
      aria-label="Keys"
      className="flex gap-1 overflow-x-auto border-t border-night-line px-3 py-2 pointer-fine:hidden"
    >
      {KEYS.map(({ label, name, text }) => (
        <button
          key={label}
          type="button"
          aria-label={name}
          onClick={() => onKey(text)}
          className="min-w-11 shrink-0 rounded-box border border-night-line px-3 py-1.5 font-mono text-sm whitespace-nowrap text-night-ink"
        >
          {label}
        </button>
      ))}
    </div>
  );
}
