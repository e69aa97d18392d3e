// The series of each site. Counters begin at zero with each new container of the site, as Prometheus expects of a reset.

import type { Facts } from './facts.ts';

type ObservedSite = Facts['sites'][number];

interface Series {
  name: string;
  help: string;
  kind: 'gauge' | 'counter';
  /** Null: not known. */
  read: (site: ObservedSite) => number | null;
}

type Usage = NonNullable<ObservedSite['usage']>;

const used =
  (read: (usage: Usage) => number | bigint | null) =>
  ({ usage }: ObservedSite): number | null => {
    const value = usage && read(usage);
    return value === null ? null : Number(value);
  };

const gauge = (name: string, help: string, read: Series['read']): Series => ({ name, help, kind: 'gauge', read });
const counter = (name: string, help: string, read: Series['read']): Series => ({
  name: `${name}_total`,
  help,
  kind: 'counter',
  read,
});

export const SITE_SERIES: readonly Series[] = [
  gauge(
    'disk_bytes',
    'Disk in use.',
    used((usage) => usage.diskBytes),
  ),
  gauge('disk_limit_bytes', 'Disk that may be used.', ({ limits }) => limits.diskBytesMax),
  gauge(
    'inodes',
    'Files and directories.',
    used((usage) => usage.inodes),
  ),
  gauge('inodes_limit', 'Files and directories that may be.', ({ limits }) => limits.inodesMax),
  gauge(
    'memory_bytes',
    'Memory in use.',
    used((usage) => usage.memoryBytes),
  ),
  gauge('memory_limit_bytes', 'Memory that may be used.', ({ limits }) => limits.memoryBytesMax),
  gauge(
    'processes',
    'Processes and threads.',
    used((usage) => usage.pids),
  ),
  gauge('processes_limit', 'Processes and threads that may be.', ({ limits }) => limits.pidsMax),
  gauge(
    'cpu_used_cores',
    'Cores in use lately.',
    used((usage) => usage.cpuMillis / 1000),
  ),
  gauge('cpu_limit_cores', 'Cores that may be used.', ({ limits }) => limits.cpuMillisMax / 1000),
  gauge(
    'requests_per_minute',
    'HTTP requests of the last minute.',
    used((usage) => usage.requestsPerMinute),
  ),
  gauge(
    'request_p95_seconds',
    'How long 95 of 100 requests of the last minute took at the most.',
    used((usage) => (usage.p95Millis === null ? null : usage.p95Millis / 1000)),
  ),
  gauge(
    'open_requests',
    'Requests that are open.',
    used((usage) => usage.openRequests),
  ),
  counter(
    'cpu_seconds',
    'CPU time used.',
    used((usage) => Number(usage.cpuMicros) / 1_000_000),
  ),
  counter(
    'cpu_throttled_seconds',
    'Time that the CPU limit held processes back.',
    used((usage) => Number(usage.throttledMicros) / 1_000_000),
  ),
  counter(
    'oom_kills',
    'Processes ended because memory was used up.',
    used((usage) => usage.oomKills),
  ),
  counter(
    'forks_refused',
    'Processes that the limit refused.',
    used((usage) => usage.forksRefused),
  ),
  counter(
    'network_receive_bytes',
    'Bytes received.',
    used((usage) => usage.rxBytes),
  ),
  counter(
    'network_transmit_bytes',
    'Bytes sent.',
    used((usage) => usage.txBytes),
  ),
];
