// The table's columns: their titles, by what a click sorts, and how early they go where there is little room (3: first).

import type { SortKey } from '#lib/admin/rows-query.ts';

export interface Column {
  id: string;
  title: string;
  sort: SortKey;
  rank: 1 | 2 | 3;
}

export const COLUMNS: Column[] = [
  { id: 'name', title: 'Site', sort: 'name', rank: 1 },
  { id: 'state', title: 'State', sort: 'state', rank: 1 },
  { id: 'disk', title: 'Disk', sort: 'diskShare', rank: 1 },
  { id: 'memory', title: 'Memory', sort: 'memoryShare', rank: 1 },
  { id: 'cpu', title: 'CPU', sort: 'cpu', rank: 3 },
  { id: 'pids', title: 'Processes', sort: 'pids', rank: 3 },
  { id: 'growth', title: 'Growth', sort: 'growth', rank: 2 },
  { id: 'requests', title: 'Requests', sort: 'requests', rank: 2 },
  { id: 'verdicts', title: 'Verdicts', sort: 'verdicts', rank: 1 },
  { id: 'expires', title: 'Expires', sort: 'expires', rank: 3 },
];

export const SORT_NAMES: Record<SortKey, string> = {
  created: 'Launched',
  name: 'Name',
  owner: 'Owner',
  plan: 'Plan',
  state: 'State',
  disk: 'Disk, bytes',
  diskShare: 'Disk, share',
  memory: 'Memory, bytes',
  memoryShare: 'Memory, share',
  cpu: 'CPU',
  pids: 'Processes',
  growth: 'Growth',
  full: 'Time to full',
  requests: 'Requests',
  p95: 'p95',
  verdicts: 'Verdicts',
  expires: 'Expires',
};
