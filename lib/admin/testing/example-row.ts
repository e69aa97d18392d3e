// A row of the operator's table, for tests: a quiet guest's site.

import type { AdminRow } from '../row.ts';

const MB = 1024 * 1024;

export function exampleRow(change: Partial<AdminRow> & { name: string }): AdminRow {
  return {
    id: `id of ${change.name}`,
    state: 'live',
    owner: '0a1b2c3d',
    role: 'guest',
    plan: 'guest',
    disk: 100 * MB,
    diskMax: 1024 * MB,
    memory: 32 * MB,
    memoryMax: 256 * MB,
    pids: 5,
    pidsMax: 128,
    cpu: 0,
    cpuMax: 1_000,
    inodes: 1_000,
    inodesMax: 200_000,
    growth: 0,
    requestsPerMinute: 0,
    p95Millis: null,
    verdicts: [],
    note: null,
    expiresAt: null,
    createdAt: Date.UTC(2026, 10, 23),
    ...change,
  };
}
