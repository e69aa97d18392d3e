// Figures of a test, for whoever reads its output and for its report.

import { test } from '@playwright/test';

/** How long it took after a fault until rows and machine agreed again. */
export function reportSeconds(fault: string, seconds: number): void {
  test.info().annotations.push({ type: 'converged', description: `${fault}: ${seconds.toFixed(1)} s` });
  process.stdout.write(`    ${fault}: converged after ${seconds.toFixed(1)} s\n`);
}
