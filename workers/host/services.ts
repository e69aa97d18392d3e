// The processes of an instance as s6 services: pure text of their run scripts. s6 restarts what ends; `finish` makes a
// process that keeps ending wait longer each time.

export interface Service {
  name: string;
  /** Runs in the foreground; never through a shell. */
  command: string[];
  /** Null: root. */
  user: string | null;
  workingDir: string;
  /** Directory of variables, one file each (s6-envdir); null for a process that needs none of them. */
  envDir: string | null;
  /** Extra variables of this service alone. */
  env?: Record<string, string>;
  /** Runs to its end as root before each start; its failure counts as a death of the service. */
  before?: string[];
  /** What the process was made from, besides its command: another one means that `up` restarts it. */
  revision?: string;
  /** Which to kill first when the host's memory ends: -1000 never, 0 as any program, containers 500. */
  oomScoreAdj: number;
  stopSignal?: 'SIGTERM' | 'SIGINT';
}

const WAIT_SECONDS_MAX = 16;

/** The run script. `LIGHTKEEPER_SERVICE` marks the process as ours for `up` and `down` after a crash. */
export function renderRun(service: Service, mark: string): string {
  const { command, before, revision, user, workingDir, oomScoreAdj } = service;
  const environment = renderEnvironment(service, mark);
  return [
    '#!/bin/sh',
    ...(revision ? [`# made from ${revision.replace(/[^\w.-]/g, '')}`] : []),
    'exec 2>&1',
    'umask 022',
    ...renderSuccession(mark),
    `cd ${quote(workingDir)} || exit 1`,
    // proc_pid_oom_score_adj(5). A host that forbids it, such as another container, is no reason not to start.
    `echo ${Math.trunc(oomScoreAdj)} 2>/dev/null >/proc/self/oom_score_adj`,
    ...(before ? [`${environment} ${before.map(quote).join(' ')} || exit 1`] : []),
    `exec ${[environment, ...(user ? becoming(user) : []), ...command.map(quote)].join(' ')}`,
    '',
  ].join('\n');
}

/** setpriv(1): the user and its groups, and no way back to more rights, such as a set-user-id program. */
function becoming(user: string): string[] {
  const name = quote(user);
  return ['setpriv', '--reuid', name, '--regid', name, '--init-groups', '--inh-caps=-all', '--no-new-privs', '--'];
}

/** A killed s6-supervise leaves its process behind, and the next one starts a second: the first has to go. */
function renderSuccession(mark: string): string[] {
  return [
    'old=',
    '[ -s pid ] && read -r old <pid',
    `if [ -n "$old" ] && grep -qsxzF ${quote(`LIGHTKEEPER_SERVICE=${mark}`)} "/proc/$old/environ"; then`,
    '  kill -s KILL "$old"',
    '  sleep 1',
    'fi',
    'echo "$$" >pid',
  ];
}

function renderEnvironment({ envDir, env }: Service, mark: string): string {
  const variables = Object.entries({ ...env, LIGHTKEEPER_SERVICE: mark });
  const words = variables.map(([name, value]) => quote(`${name}=${value}`));
  return [...(envDir ? ['s6-envdir', quote(envDir)] : []), 'env', ...words].join(' ');
}

/** Starts at once after a first death, then waits 1, 2, 4 … seconds while deaths are less than a minute apart. */
export function renderFinish(): string {
  return `#!/bin/sh
now=$(date +%s)
last=0 count=0
[ -s backoff ] && read -r last count < backoff
[ $((now - last)) -gt 60 ] && count=0
count=\${count:-0}
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
