// An engine's `exec` for tests: processes of this machine instead of a container's, with the same promises about
// streams, exit codes, terminals and hanging up. A terminal comes from script(1), its size from stty(1).

import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, ExecRequest, ExecSession } from '#lib/engine/engine.ts';

export interface ProcessEngine extends Pick<Engine, 'exec'> {
  /** Thrown by the next calls, when set. */
  fault: Error | null;
  requests: ExecRequest[];
  sizes: { columns: number; rows: number }[];
  hangUps: number;
}

const KILL_MS = 5_000;

/** `home` takes the place of /root. */
export function createProcessEngine(home: string): ProcessEngine {
  const engine: ProcessEngine = {
    fault: null,
    requests: [],
    sizes: [],
    hangUps: 0,
    async exec(_siteId, request) {
      if (engine.fault) throw engine.fault;
      engine.requests.push(request);
      const child = start(request, home);
      await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      while (request.terminal && child.exitCode === null && !(await shellOf(child))) await sleep(5);
      return sessionOf(engine, child, request);
    },
  };
  return engine;
}

function start({ command, env, terminal }: ExecRequest, home: string): ChildProcessWithoutNullStreams {
  const options = { cwd: home, env: toEnv(env, home), detached: true };
  const [file = '', ...args] = command;
  if (!terminal) return spawn(file, args, options);
  const size = `stty rows ${terminal.rows} cols ${terminal.columns};`;
  const line = `${size} exec ${command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')}`;
  return spawn('script', ['-qefc', line, '/dev/null'], options);
}

/** Only what was asked for; next's types want a NODE_ENV in every environment. */
function toEnv(env: ExecRequest['env'], home: string): NodeJS.ProcessEnv {
  const plain: Record<string, string> = { ...env, HOME: home };
  return plain as unknown as NodeJS.ProcessEnv;
}

function sessionOf(engine: ProcessEngine, child: ChildProcessWithoutNullStreams, request: ExecRequest): ExecSession {
  const { stdin, stdout, stderr } = child;
  const exited = new Promise<number>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
  // As Docker does: the end of a terminal's input detaches its output.
  if (request.terminal) stdin.once('finish', () => stdout.destroy());
  const hangUp = async () => {
    engine.hangUps += 1;
    const leader = request.terminal ? await shellOf(child) : child.pid;
    kill(leader, 'SIGHUP');
    await Promise.race([exited, sleep(KILL_MS)]);
    kill(child.pid, 'SIGKILL');
  };
  return {
    stdin,
    stdout: stdout.pipe(new PassThrough()),
    stderr: request.terminal ? null : stderr.pipe(new PassThrough()),
    resize: async (columns, rows) => {
      await setSize(child, columns, rows);
      engine.sizes.push({ columns, rows });
    },
    exited,
    hangUp,
  };
}

/** The group that the process leads. */
function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid) process.kill(-pid, signal);
  } catch {
    // Its whole group has ended already.
  }
}

async function setSize(child: ChildProcessWithoutNullStreams, columns: number, rows: number): Promise<void> {
  const terminal = await readlink(`/proc/${await shellOf(child)}/fd/0`);
  await new Promise((resolve) => {
    execFile('stty', ['-F', terminal, 'cols', String(columns), 'rows', String(rows)], resolve);
  });
}

/** What script(1) runs in its terminal. */
async function shellOf(child: ChildProcessWithoutNullStreams): Promise<number | undefined> {
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '');
  return Number(children.trim().split(' ')[0]) || undefined;
}
