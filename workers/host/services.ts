// The processes of an instance as s6 services: pure text of their run scripts. s6 restarts what ends; `finish` makes a
// process that keeps ending wait longer each time.

export interface Service {
  name: string;
  /** Runs in the foreground; never through a shell. */
  command: string[];
  /** Null: root. */
  user: string | null;
  workingDir: string;
  /** Directory of variables, one file each (s6-envdir). */
  envDir: string;
  /** Extra variables of this service alone. */
  env?: Record<string, string>;
  stopSignal?: 'SIGTERM' | 'SIGINT';
}

const WAIT_SECONDS_MAX = 16;

/** The run script. `LIGHTKEEPER_SERVICE` marks the process as ours for `up` and `down` after a crash. */
export function renderRun(service: Service, mark: string): string {
  const variables = Object.entries({ ...service.env, ...(mark ? { LIGHTKEEPER_SERVICE: mark } : {}) });
  return [
    '#!/bin/sh',
    'exec 2>&1',
    `cd ${quote(service.workingDir)}`,
    [
      'exec s6-envdir',
      quote(service.envDir),
      'env',
      ...variables.map(([name, value]) => quote(`${name}=${value}`)),
      ...(service.user ? ['s6-setuidgid', quote(service.user)] : []),
      ...service.command.map(quote),
    ].join(' '),
    '',
  ].join('\n');
}

/** Starts at once after a first death, then waits 1, 2, 4 … seconds while deaths are less than a minute apart. */
export function renderFinish(): string {
  return `#!/bin/sh
now=$(date +%s)
count=0
[ -f backoff ] && read -r last count < backoff && [ $((now - last)) -gt 60 ] && count=0
echo "$now $((count + 1))" > backoff
[ "$count" -eq 0 ] && exit 0
wait=$((1 << (count > 5 ? 4 : count - 1)))
[ "$wait" -gt ${WAIT_SECONDS_MAX} ] && wait=${WAIT_SECONDS_MAX}
exec sleep "$wait"
`;
}

/** Logs of one service: five files of a megabyte (s6-log(8)). */
export function renderLogRun(directory: string): string {
  return `#!/bin/sh\nexec s6-log -b n5 s1000000 T ${quote(directory)}\n`;
}

/** One word for sh(1), whatever it contains. */
export function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
