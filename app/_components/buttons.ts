// The looks of buttons, for elements that are buttons or links.

const BASE =
  'inline-flex items-center justify-center gap-2 rounded-full px-4 py-2 text-sm font-semibold whitespace-nowrap disabled:opacity-60';

export const BUTTON = {
  primary: `${BASE} bg-beam text-beam-ink hover:bg-beam-hover`,
  quiet: `${BASE} border border-line-strong bg-surface hover:border-ink/50`,
  danger: `${BASE} border border-bad/50 text-bad hover:border-bad hover:bg-bad/10`,
} as const;
