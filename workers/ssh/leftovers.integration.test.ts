// The sweep runs in a process namespace of its own: what enters it from outside has no parent there, as in a container.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#lib/errors/app-error.ts';
import { createLog } from '#lib/log.ts';
import { createLedger, sweepLeftovers } from './leftovers.ts';
import { createProcessEngine } from './testing/process-engine.ts';
import { until } from './testing/until.ts';

const SITE = '01890a5d-ac96-774b-bcce-b302099a8057';
let directory = '';
let first: ChildProcess;
let inside: string[] = [];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'leftovers-'));
  first = spawn('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', 'sleep', '300']);
  const childOf = async () =>
    (await promisify(execFile)('pgrep', ['-P', String(first.pid), '-x', 'sleep'])).stdout.trim();
  expect(await until(async () => (await childOf().catch(() => '')) !== '')).toBe(true);
  inside = ['nsenter', '-t', await childOf(), '-p', '-m'];
});
afterEach(async () => {
  first.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

function enter(token: string, script: string): void {
  const [file = '', ...args] = inside;
  const env = { ...process.env, LIGHTKEEPER_SSH: token };
  spawn(file, [...args, 'setsid', 'bash', '-c', script], { env, stdio: 'ignore', detached: true });
}

async function running(): Promise<string[]> {
  const [file = '', ...args] = inside;
  const { stdout } = await promisify(execFile)(file, [...args, 'ps', '-eo', 'args=']);
  return stdout.split('\n').filter((line) => /^(sleep|bash)/.test(line) && line !== 'sleep 300');
}

describe('sweepLeftovers', () => {
  it('ends the sessions of an earlier process, also the deaf, and nothing else', async () => {
    enter('before', 'sleep 41 & sleep 42; true');
    enter('before', 'trap "" HUP; sleep 43; true');
    enter('before', 'setsid sleep 44 & disown; exit 0');
    enter('now', 'sleep 45; true');
    expect(await until(async () => (await running()).filter((line) => line.startsWith('sleep')).length === 5)).toBe(
      true,
    );

    const local = createProcessEngine(directory);
    const exec: typeof local.exec = (site, request) =>
      local.exec(site, { ...request, command: [...inside, ...request.command] });
    await createLedger(directory, 'before').enter(SITE);
    const ledger = createLedger(directory, 'now');
    await sweepLeftovers({ exec }, ledger, createLog('test'));
    expect((await running()).filter((line) => line.startsWith('sleep')).sort()).toEqual(['sleep 44', 'sleep 45']);
    expect(await ledger.leftBefore()).toEqual([]);
  });

  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const notRunning = (status: string) =>
    new AppError('site-not-ready', { message: 'The site is not running.', hint: 'Start it.', details: { status } });

  it('keeps the note of a site that cannot be asked, and asks again', async () => {
    await createLedger(directory, 'before').enter(SITE);
    const ledger = createLedger(directory, 'now');
    const noted: string[][] = [];
    const errors = [new Error('away'), notRunning('paused'), notRunning('exited')];
    const exec = async () => {
      noted.push(await ledger.leftBefore());
      throw errors[noted.length - 1];
    };
    await sweepLeftovers({ exec }, ledger, log, 5);
    expect(noted).toEqual([[SITE], [SITE], [SITE]]);
  });

  it.each(['exited', 'absent'])(
    'has nothing to end in a container that is %s, and keeps no site awake for it',
    async (status) => {
      await createLedger(directory, 'before').enter(SITE);
      await sweepLeftovers({ exec: () => Promise.reject(notRunning(status)) }, createLedger(directory, 'now'), log);
      expect(await createLedger(directory, 'later').leftBefore()).toEqual([]);
    },
  );
});

describe('the ledger', () => {
  it('counts no session that could not be noted: it would keep its site awake', async () => {
    await writeFile(path.join(directory, 'full'), '');
    const ledger = createLedger(path.join(directory, 'full'), 'now');
    await expect(ledger.enter(SITE)).rejects.toThrow('EEXIST');
    expect(ledger.open()).toEqual([]);
  });

  it('notes a site while it has sessions', async () => {
    const ledger = createLedger(directory, 'now');
    const leave = [await ledger.enter(SITE), await ledger.enter(SITE)];
    await leave[0]?.();
    expect(await ledger.leftBefore()).toEqual([SITE]);
    await leave[1]?.();
    expect(await ledger.leftBefore()).toEqual([]);
  });
});
