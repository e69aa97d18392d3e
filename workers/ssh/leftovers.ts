// Sessions that outlive this process: when it is killed, nobody hangs them up, and shells with a terminal stay for ever
// and fill the site's process slots. Every session carries this process's token in its environment; which sites have
// sessions is noted in a directory; the next start ends there what carries another token.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '#lib/engine/engine.ts';
import { AppError } from '#lib/errors/app-error.ts';
import type { Log } from '#lib/log.ts';

export const TOKEN_VARIABLE = 'LIGHTKEEPER_SSH';

export interface Ledger {
  readonly token: string;
  /** Notes that the site has a session until the returned function is called. */
  enter(siteId: string): Promise<() => Promise<void>>;
  /** Sites that have a session now. */
  open(): string[];
  /** Sites that an earlier process noted and did not take back. */
  leftBefore(): Promise<string[]>;
  forget(siteId: string): Promise<void>;
}

export function createLedger(directory: string, token: string): Ledger {
  const counts = new Map<string, number>();
  const fileOf = (siteId: string) => path.join(directory, path.basename(siteId));
  const forget = async (siteId: string) => {
    if (!counts.has(siteId)) await rm(fileOf(siteId), { force: true });
  };
  return {
    token,
    async enter(siteId) {
      counts.set(siteId, (counts.get(siteId) ?? 0) + 1);
      const leave = () => {
        const left = (counts.get(siteId) ?? 1) - 1;
        if (left > 0) counts.set(siteId, left);
        else counts.delete(siteId);
      };
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFile(fileOf(siteId), '');
      } catch (error) {
        leave();
        throw error;
      }
      return async () => {
        leave();
        await forget(siteId);
      };
    },
    open: () => [...counts.keys()],
    leftBefore: async () => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      return readdir(directory);
    },
    forget,
  };
}

const SWEEP_MS = 20_000;
const AGAIN_MS = 60_000;

/**
 * Ends the sessions of earlier processes, site after site. A site that cannot be asked is tried again after a pause: its
 * note keeps it awake. Sessions of a container that does not run have ended with it.
 */
export async function sweepLeftovers(
  engine: Pick<Engine, 'exec'>,
  ledger: Ledger,
  log: Log,
  pauseMs = AGAIN_MS,
): Promise<void> {
  for (let left = await ledger.leftBefore(); left.length > 0; ) {
    const again: string[] = [];
    for (const siteId of left) {
      try {
        await sweepSite(engine, siteId, ledger.token).catch(unlessEnded);
        await ledger.forget(siteId);
      } catch (cause) {
        log.warn({ site: siteId, cause: String(cause) }, 'cannot end the sessions of an earlier process yet');
        again.push(siteId);
      }
    }
    left = again;
    if (left.length > 0) await sleep(pauseMs, undefined, { ref: false });
  }
}

/** A frozen container's sessions are still there. */
function unlessEnded(error: unknown): void {
  const isEnded = error instanceof AppError && error.code === 'site-not-ready' && error.details.status !== 'paused';
  if (!isEnded) throw error;
}

async function sweepSite(engine: Pick<Engine, 'exec'>, siteId: string, token: string): Promise<void> {
  const env = { PATH: '/usr/bin:/bin', [TOKEN_VARIABLE]: token };
  const exec = await engine.exec(siteId, { command: ['/bin/bash', '-c', SCRIPT, 'sweep', token], env });
  exec.stdin.on('error', () => {}).end();
  exec.stdout.on('error', () => {}).resume();
  exec.stderr?.on('error', () => {}).resume();
  const code = await Promise.race([exec.exited, sleep(SWEEP_MS, null, { ref: false })]);
  if (code === 0) return;
  await exec.hangUp();
  throw new Error(code === null ? 'the sweep took too long' : `the sweep ended with ${code}`);
}

/**
 * A session's first process was put into the container from outside, so it has no parent there (0). What a session
 * left in the background on purpose has lost that parent, and stays. HUP to the whole session, KILL after five seconds.
 */
const SCRIPT = `
members() {
  for file in /proc/[0-9]*/stat; do
    { stat=$(<"$file"); } 2>/dev/null || continue
    read -r _ parent _ session _ <<< "\${stat##*) }"
    echo "\${stat%% *} $parent $session"
  done
}
is_left() {
  while IFS= read -r -d '' variable; do
    [[ $variable == ${TOKEN_VARIABLE}=* ]] && { [[ $variable != "${TOKEN_VARIABLE}=$1" ]]; return; }
  done 2>/dev/null < "/proc/$2/environ"
  return 1
}
left=' '
while read -r pid parent session; do
  [[ $parent == 0 && $pid != 1 && $pid != "$$" ]] && is_left "$1" "$pid" && left+="$session "
done < <(members)
signal() {
  local found=1
  while read -r pid _ session; do
    [[ $left == *" $session "* ]] && kill "-$1" "$pid" 2>/dev/null && found=0
  done < <(members)
  return "$found"
}
[[ $left == ' ' ]] && exit 0
signal HUP || exit 0
for _ in {1..50}; do sleep 0.1; signal 0 || exit 0; done
signal KILL
exit 0
`;
