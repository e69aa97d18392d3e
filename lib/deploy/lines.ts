// How a deployment's log looks: lines of ours start at the margin with an arrow, the output of the tenant's programs is
// indented, so that nothing they print can pass for ours.

/** "-----> Installing dependencies" */
export function heading(text: string): string {
  return `-----> ${text}`;
}

export function indented(text: string): string {
  return text === '' ? '' : `       ${text}`;
}

/** "85 ms", "3.2 s", "4 min 12 s" */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
