// What charts tell of a site: each its line, how its amounts are written, and the limit that is drawn across it.

import { formatBytes } from '#lib/bytes.ts';
import type { OwnLimit } from '#lib/sites/limits.ts';
import type { SiteLines } from '#lib/usage/site-history.ts';
import { cores, count, millis } from '../amounts.ts';

export interface SiteChart {
  of: keyof SiteLines;
  /** A second line, and what the two are called. */
  second?: keyof SiteLines;
  names?: readonly [string, string];
  title: string;
  format: (value: number) => string;
  limit?: OwnLimit;
  /** The least that the scale goes up to. */
  least: number;
  steps?: readonly number[];
}

const wholes = (value: number) => count(Math.round(value));
const aFew = (value: number) => (value > 0 && value < 10 ? value.toFixed(1) : wholes(value));
const perSecond = (bytes: number) => `${formatBytes(bytes)}/s`;
const roundCores = (value: number) => cores(Math.round(value));
const inMillis = (value: number) => millis(Math.round(value));

const KB = 1_024;
const MB = 1_024 * KB;

/** Of bytes, as they are written; and of what there is no half of. */
const BYTE_STEPS = Array.from({ length: 41 }, (_, power) => 2 ** (power + 3));
const WHOLE_STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

export const SITE_CHARTS = {
  requests: { of: 'requests', title: 'Requests a minute', format: wholes, least: 10, steps: WHOLE_STEPS },
  latency: {
    ...{ of: 'p95', second: 'p50', names: ['p95', 'p50'] },
    ...{ title: 'Time to answer', format: inMillis, least: 20 },
  },
  errors: { of: 'errors', title: 'Server errors a minute', format: aFew, least: 5, steps: WHOLE_STEPS },
  disk: { of: 'disk', title: 'Disk', format: formatBytes, limit: 'diskBytesMax', least: MB, steps: BYTE_STEPS },
  memory: { of: 'memory', title: 'Memory', format: formatBytes, limit: 'memoryBytesMax', least: MB, steps: BYTE_STEPS },
  cpu: { of: 'cpu', title: 'CPU, cores', format: roundCores, limit: 'cpuMillisMax', least: 50 },
  pids: { of: 'pids', title: 'Processes', format: wholes, limit: 'pidsMax', least: 10, steps: WHOLE_STEPS },
  network: {
    ...{ of: 'network', title: 'Network', format: perSecond },
    ...{ limit: 'bandwidthBytesMax', least: 10 * KB, steps: BYTE_STEPS },
  },
  inodes: { of: 'inodes', title: 'Files', format: wholes, limit: 'inodesMax', least: 100, steps: WHOLE_STEPS },
} satisfies Record<string, SiteChart>;
