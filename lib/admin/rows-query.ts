// Which rows of the operator's table are shown, in which order: read from the page's address and written into it, so that
// a view can be shared. Pure; server and browser use the same.

import { rankOf } from '../limits/levels.ts';
import type { AdminRow } from './row.ts';
import { timeToFull } from './time-to-full.ts';

export const SORT_KEYS = [
  'name',
  'owner',
  'plan',
  'state',
  'disk',
  'diskShare',
  'memory',
  'memoryShare',
  'pids',
  'cpu',
  'growth',
  'full',
  'requests',
  'p95',
  'verdicts',
  'created',
  'expires',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface RowsQuery {
  text: string;
  state: string;
  plan: string;
  /** A verdict's kind, or "any". */
  verdict: string;
  /** Only sites with more than 80 % of a limit in use. */
  tight: boolean;
  sort: SortKey;
  descending: boolean;
}

export const DEFAULT_QUERY: RowsQuery = {
  text: '',
  state: '',
  plan: '',
  verdict: '',
  tight: false,
  sort: 'verdicts',
  descending: true,
};
const TEXT_LENGTH_MAX = 100;
const TIGHT_SHARE = 0.8;

/** Reads an address's query; what makes no sense in it is passed over. */
export function parseRowsQuery(given: URLSearchParams): RowsQuery {
  const word = (name: string) => (given.get(name) ?? '').slice(0, TEXT_LENGTH_MAX);
  const sort = SORT_KEYS.find((key) => key === given.get('sort')) ?? DEFAULT_QUERY.sort;
  return {
    text: word('q'),
    state: word('state'),
    plan: word('plan'),
    verdict: word('verdict'),
    tight: given.get('over') === '80',
    sort,
    descending: given.has('sort') ? given.get('dir') === 'desc' : DEFAULT_QUERY.descending,
  };
}

/** The shortest address's query that says the same: "" or "?…". */
export function writeRowsQuery(query: RowsQuery): string {
  const given = new URLSearchParams();
  if (query.text) given.set('q', query.text);
  if (query.state) given.set('state', query.state);
  if (query.plan) given.set('plan', query.plan);
  if (query.verdict) given.set('verdict', query.verdict);
  if (query.tight) given.set('over', '80');
  if (query.sort !== DEFAULT_QUERY.sort || query.descending !== DEFAULT_QUERY.descending) {
    given.set('sort', query.sort);
    if (query.descending) given.set('dir', 'desc');
  }
  const text = given.toString();
  return text === '' ? '' : `?${text}`;
}

export function selectRows(rows: AdminRow[], query: RowsQuery): AdminRow[] {
  return rows.filter((row) => matches(row, query)).sort(comparing(query.sort, query.descending));
}

export function matches(row: AdminRow, query: RowsQuery): boolean {
  if (query.state && row.state !== query.state) return false;
  if (query.plan && row.plan !== query.plan) return false;
  if (query.verdict === 'any' && row.verdicts.length === 0) return false;
  if (query.verdict && query.verdict !== 'any' && !row.verdicts.some(({ kind }) => kind === query.verdict))
    return false;
  if (query.tight && tightest(row) < TIGHT_SHARE) return false;
  const text = query.text.trim().toLowerCase();
  if (text === '') return true;
  return [row.name, row.owner, row.plan, row.note, row.id].some((field) => field?.toLowerCase().includes(text));
}

/** The greatest share that is used of any limit. CPU has none: using all of it is no harm by itself. */
export function tightest(row: AdminRow): number {
  const share = (used: number | null, max: number) => (used === null || max === 0 ? 0 : used / max);
  return Math.max(
    share(row.disk, row.diskMax),
    share(row.memory, row.memoryMax),
    share(row.pids, row.pidsMax),
    share(row.inodes, row.inodesMax),
  );
}

type Value = number | string | null;

/** By the worst verdict, then by how many there are. A site that does not run counts as critical without any. */
function trouble({ state, verdicts }: AdminRow): number {
  const least = state === 'held' || state === 'failed' ? rankOf('critical') : 0;
  return Math.max(rankOf(verdicts[0]?.level ?? null), least) * 100 + verdicts.length;
}

const VALUES: Record<SortKey, (row: AdminRow) => Value> = {
  name: ({ name }) => name,
  owner: ({ owner }) => owner,
  plan: ({ plan }) => plan,
  state: ({ state }) => state,
  disk: ({ disk }) => disk,
  diskShare: ({ disk, diskMax }) => disk && disk / diskMax,
  memory: ({ memory }) => memory,
  memoryShare: ({ memory, memoryMax }) => memory && memory / memoryMax,
  pids: ({ pids }) => pids,
  cpu: ({ cpu }) => cpu,
  growth: ({ growth }) => growth,
  full: ({ disk, diskMax, growth }) => timeToFull({ used: disk, max: diskMax, growth }),
  requests: ({ requestsPerMinute }) => requestsPerMinute,
  p95: ({ p95Millis }) => p95Millis,
  verdicts: trouble,
  created: ({ createdAt }) => createdAt,
  expires: ({ expiresAt }) => expiresAt,
};

/** Rows without a value come last either way; equal ones by name, so that the order never flickers. */
export function comparing(key: SortKey, descending: boolean): (a: AdminRow, b: AdminRow) => number {
  const valueOf = VALUES[key];
  return (a, b) => {
    const [left, right] = [valueOf(a), valueOf(b)];
    if (left === null || right === null) {
      if (left !== right) return left === null ? 1 : -1;
      return byName(a, b);
    }
    const order = typeof left === 'string' ? left.localeCompare(String(right), 'en') : left - Number(right);
    return (descending ? -order : order) || byName(a, b);
  };
}

function byName(a: AdminRow, b: AdminRow): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
