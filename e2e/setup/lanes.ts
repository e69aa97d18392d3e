// Which end-to-end tests run beside which. Most of their time is waiting, so two lanes run at once, each on an instance of
// its own; what measures, and what wants the whole machine, comes after both, alone.

/** The names of Playwright's projects (playwright.config.ts), and the files of each; `pages` has all others. */
export const MACHINE = [
  ...['faults/*', 'attacks/disk', 'attacks/network', 'attacks/platform'],
  ...['alerts', 'checkpoints', 'domains', 'keeper-faults', 'keeper-limits', 'lifecycle', 'live-limits', 'pool'],
  ...['sleep', 'soak', 'usage', 'verdicts'],
].map(fileOf);
export const ALONE = ['storm', 'lighthouse'].map(fileOf);

function fileOf(name: string): string {
  return `**/e2e/${name}.spec.ts`;
}
