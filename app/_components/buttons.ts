// The looks of buttons, for elements that are buttons or links.

const BASE =
  'inline-flex items-center justify-center gap-2 rounded-full px-4 py-2 text-sm font-semibold whitespace-nowrap disabled:opacity-60';

/** The one thing to do on a page. Beside it stands `launch-button`, for its glow. */
export const BIG_BUTTON =
  'group inline-flex w-full items-center justify-center gap-3 self-start rounded-full bg-beam px-10 py-5 text-xl font-bold tracking-tight text-beam-ink hover:bg-beam-hover disabled:opacity-90 sm:w-auto sm:px-12 sm:py-6';

export const BUTTON = {
  primary: `${BASE} bg-beam text-beam-ink hover:bg-beam-hover`,
  quiet: `${BASE} border border-line-strong bg-surface hover:border-ink/50`,
  danger: `${BASE} border border-bad/50 text-bad hover:border-bad hover:bg-bad/10`,
} as const;
