// What every engine promises, run against the fake and against a real dockerd; then what only a kernel can promise.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ContractHost, startContractHost, whyNoEngine } from './contract-host.ts';
import type { ContainerLimits, ContainerSpec, Engine, EngineChange, ExecRequest } from './engine.ts';
import { createFakeEngine, type FakeExecCall } from './fake/engine.ts';

const MIB = 1 << 20;
const LIMITS: ContainerLimits = {
  memoryBytesMax: 128 * MIB,
  cpuMillisMax: 500,
  pidsMax: 64,
  openFilesMax: 2048,
  tmpfsBytesMax: 16 * MIB,
  fileBytesMax: 64 * MIB,
};

const missing = whyNoEngine();
if (missing) process.stderr.write(`skipped: the engine contract against a real dockerd (${missing})\n`);

let host: ContractHost | null = null;
let siteNumber = 0;

beforeAll(async () => {
  if (missing) return;
  host = await startContractHost();
  await host.engine.prepare();
});

afterAll(() => host?.close());

const fake = createFakeEngine({ exec: playOnHost });
const engines: [string, () => Engine][] = [['fake', () => fake]];
if (!missing) engines.push(['docker', () => realHost().engine]);

function realHost(): ContractHost {
  if (!host) throw new Error('the engine did not start');
  return host;
}

/** The fake's commands run on this machine, so that their streams and exit codes are real. */
async function playOnHost({ request, stdin, stdout, stderr, hungUp }: FakeExecCall): Promise<number> {
  const [file = '', ...args] = request.command;
  const env = { NODE_ENV: 'test' as const, PATH: '/usr/bin:/bin', ...request.env };
  const child = spawn(file, args, { env, cwd: request.workingDir, signal: hungUp });
  child.on('error', () => {}); // The exit code tells.
  pipeline(stdin, child.stdin).catch(() => {}); // A command need not read its input.
  const reading = Promise.allSettled([pipeline(child.stdout, stdout), stderr ? pipeline(child.stderr, stderr) : null]);
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? 129)));
  await reading;
  return code;
}

async function newSpec(changes: Partial<ContainerSpec> = {}, onDisk = true): Promise<ContainerSpec> {
  siteNumber += 1;
  const siteId = changes.siteId ?? `site${siteNumber}`;
  const mounts = onDisk && host ? await host.mountSite(siteId) : [];
  return {
    siteId,
    generation: 1,
    hostname: siteId,
    limits: LIMITS,
    mounts,
    command: ['sleep', 'infinity'],
    env: {},
    ...changes,
  };
}

async function finish(engine: Engine, siteId: string, request: ExecRequest | string, input?: string) {
  const asked = typeof request === 'string' ? { command: ['sh', '-c', request] } : request;
  const session = await engine.exec(siteId, asked);
  session.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(session.stdout), session.stderr ? text(session.stderr) : '']);
  return { stdout, stderr, exitCode: await session.exited };
}

async function eventually(condition: () => boolean, withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not so within ${withinMs} ms: ${condition}`);
    await sleep(20);
  }
}

const notReady = expect.objectContaining({ code: 'site-not-ready' });

describe.each(engines)('%s: containers', (_, engineOf) => {
  const engine = () => engineOf();
  let spec: ContainerSpec;
  beforeAll(async () => {
    spec = await newSpec();
  });
  afterEach(() => engine().remove(spec.siteId));

  test('a container that was run is running, has an address, and is listed', async () => {
    const state = await engine().run(spec);
    expect(state).toMatchObject({
      siteId: spec.siteId,
      generation: 1,
      status: 'running',
      exitCode: null,
      outOfMemory: false,
    });
    expect(state.address).toMatch(/^10\.\d+\.\d+\.\d+$/);
    expect(Math.abs(Date.now() - (state.startedAt?.getTime() ?? 0))).toBeLessThan(60_000);
    expect(await engine().inspect(spec.siteId)).toEqual(state);
    expect(await engine().list()).toEqual([state]);
    expect(await engine().instances()).toEqual(new Map([[state.instanceId, spec.siteId]]));
  });

  test('running it again keeps it, also from two callers at once', async () => {
    const states = await Promise.all([engine().run(spec), engine().run(spec)]);
    const again = await engine().run(spec);
    expect(states.map((state) => state.instanceId)).toEqual([again.instanceId, again.instanceId]);
    expect(await engine().list()).toHaveLength(1);
  });

  test('a newer generation replaces it, and an older one leaves it alone', async () => {
    const first = await engine().run(spec);
    const second = await engine().run({ ...spec, generation: 2 });
    expect(second).toMatchObject({ generation: 2, status: 'running' });
    expect(second.instanceId).not.toBe(first.instanceId);
    expect(await engine().run(spec)).toEqual(second);
    expect(await engine().list()).toEqual([second]);
  });

  test('a stopped or paused container is brought back by running it', async () => {
    const { instanceId } = await engine().run(spec);
    await engine().stop(spec.siteId, 0);
    expect(await engine().inspect(spec.siteId)).toMatchObject({
      status: 'exited',
      address: null,
      exitCode: expect.any(Number),
    });
    expect(await engine().run(spec)).toMatchObject({ instanceId, status: 'running' });
    await engine().pause(spec.siteId);
    expect(await engine().run(spec)).toMatchObject({ instanceId, status: 'running' });
  });

  test('what is absent is null, and stopping or removing it is no error', async () => {
    expect(await engine().inspect('absent')).toBeNull();
    await engine().stop('absent', 1);
    await engine().remove('absent');
    await engine().run(spec);
    await Promise.all([engine().remove(spec.siteId), engine().remove(spec.siteId)]);
    expect(await engine().inspect(spec.siteId)).toBeNull();
    expect(await engine().list()).toEqual([]);
  });

  test('pausing, stopping and their opposites may be repeated', async () => {
    await engine().run(spec);
    await engine().pause(spec.siteId);
    await engine().pause(spec.siteId);
    expect(await engine().inspect(spec.siteId)).toMatchObject({ status: 'paused', address: expect.any(String) });
    await expect(engine().exec(spec.siteId, { command: ['true'] })).rejects.toEqual(notReady);
    await engine().unpause(spec.siteId);
    await engine().unpause(spec.siteId);
    await engine().pause(spec.siteId);
    await engine().stop(spec.siteId, 0);
    await engine().stop(spec.siteId, 0);
    expect(await engine().inspect(spec.siteId)).toMatchObject({ status: 'exited' });
    await expect(engine().pause(spec.siteId)).rejects.toEqual(notReady);
    await expect(engine().exec(spec.siteId, { command: ['true'] })).rejects.toEqual(notReady);
    await expect(engine().exec('absent', { command: ['true'] })).rejects.toEqual(notReady);
    await expect(engine().setLimits('absent', LIMITS)).rejects.toEqual(notReady);
  });

  test('a watcher hears what happens until it stops watching', async () => {
    const heard: EngineChange[] = [];
    const stop = engine().watch((change) => heard.push(change));
    await sleep(300);
    const kinds = () => heard.filter(({ siteId }) => siteId === spec.siteId).map(({ kind }) => kind);
    await engine().run(spec);
    await engine().pause(spec.siteId);
    await engine().unpause(spec.siteId);
    await engine().stop(spec.siteId, 0);
    await engine().remove(spec.siteId);
    await eventually(() => kinds().length === 5);
    expect(kinds()).toEqual(['started', 'paused', 'unpaused', 'died', 'removed']);
    stop();
    await engine().run(spec);
    await sleep(300);
    expect(kinds()).toHaveLength(5);
  });
});

describe.each(engines)('%s: commands', (_, engineOf) => {
  const engine = () => engineOf();
  let siteId = '';
  beforeAll(async () => {
    const spec = await newSpec();
    siteId = spec.siteId;
    await engine().run(spec);
  });
  afterAll(() => engine().remove(siteId));

  test.each([0, 1, 42, 255])('exit code %i arrives', async (code) => {
    expect(await finish(engine(), siteId, `exit ${code}`)).toMatchObject({ exitCode: code });
  });

  test('standard output and standard error are apart', async () => {
    expect(await finish(engine(), siteId, 'echo out; echo err >&2')).toEqual({
      stdout: 'out\n',
      stderr: 'err\n',
      exitCode: 0,
    });
  });

  test('environment, directory and arguments arrive as they are', async () => {
    const command = ['sh', '-c', 'pwd; printf "%s|" "$WORD" "$@"', 'sh', 'a b', '$(id)', '', "it's"];
    const { stdout } = await finish(engine(), siteId, { command, env: { WORD: 'x y=$z' }, workingDir: '/usr' });
    expect(stdout).toBe("/usr\nx y=$z|a b|$(id)||it's|");
  });

  test('the end of the input reaches the command, and its output still arrives', async () => {
    const input = 'line\n'.repeat(100_000);
    expect(await finish(engine(), siteId, 'cat; sleep 0.2; echo end', input)).toMatchObject({
      stdout: `${input}end\n`,
      exitCode: 0,
    });
  });

  test('50 MB of output arrive whole, also to a reader that is slow at first', async () => {
    const session = await engine().exec(siteId, { command: ['head', '-c', '50000000', '/dev/zero'] });
    session.stdin.end();
    await sleep(500);
    expect((await buffer(session.stdout)).length).toBe(50_000_000);
    expect(await session.exited).toBe(0);
  });

  test('hanging up ends the command, at once and for good', async () => {
    const session = await engine().exec(siteId, { command: ['sleep', '600'] });
    session.stdout.resume();
    session.stderr?.resume();
    await Promise.all([session.hangUp(), session.hangUp()]);
    expect(await session.exited).not.toBe(0);
    await session.hangUp();
  });
});

describe.skipIf(missing)('docker: commands in a real container', () => {
  let siteId = '';
  let instanceId = '';
  const engine = () => realHost().engine;
  beforeAll(async () => {
    const spec = await newSpec();
    siteId = spec.siteId;
    instanceId = (await engine().run(spec)).instanceId;
  });
  afterAll(() => engine().remove(siteId));

  const commandLines = () =>
    realHost()
      .processes(instanceId)
      .map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim());

  test('a command that cannot run says so like a shell', async () => {
    expect(await finish(engine(), siteId, { command: ['nonesuch'] })).toEqual({
      stdout: '',
      stderr: 'nonesuch: command not found\n',
      exitCode: 127,
    });
    expect(await finish(engine(), siteId, { command: ['/etc'] })).toEqual({
      stdout: '',
      stderr: '/etc: cannot be run\n',
      exitCode: 126,
    });
    expect(await finish(engine(), siteId, { command: ['ls'], workingDir: '/nonesuch' })).toMatchObject({
      stderr: '/nonesuch: no such directory\n',
    });
  });

  test('a terminal echoes, has the size asked for, and is resized within bounds', async () => {
    const session = await engine().exec(siteId, { command: ['sh'], terminal: { columns: 100, rows: 30 } });
    let screen = '';
    session.stdout.setEncoding('utf8').on('data', (part: string) => {
      screen += part;
    });
    session.stdin.write('stty size\n');
    await eventually(() => screen.includes('30 100'));
    await session.resize(120, 40);
    session.stdin.write('stty size\n');
    await eventually(() => screen.includes('40 120'));
    await session.resize(4_294_967_295, -1);
    session.stdin.write('stty size; exit 7\n');
    expect(await session.exited).toBe(7);
    expect(screen).toContain('stty size\r\n');
    expect(screen).toContain('1 500');
    await session.resize(80, 24);
  });

  test('a command that asks at once is told the size of its terminal', async () => {
    for (let round = 0; round < 5; round += 1) {
      const session = await engine().exec(siteId, { command: ['stty', 'size'], terminal: { columns: 97, rows: 31 } });
      expect(await text(session.stdout)).toBe('31 97\r\n');
      expect(await session.exited).toBe(0);
    }
  });

  test.each([null, { columns: 80, rows: 24 }])(
    'hanging up ends what the session left in the background (terminal: %s)',
    async (terminal) => {
      const script = 'sleep 611 & (trap "" HUP; exec sleep 612) & setsid sleep 613 & sleep 614';
      const session = await engine().exec(siteId, { command: ['bash', '-c', script], terminal });
      session.stdout.resume();
      session.stderr?.resume();
      await eventually(() => commandLines().filter((line) => /^sleep 61\d/.test(line)).length === 4);
      await session.hangUp();
      expect(commandLines()).not.toContainEqual(expect.stringMatching(/^sleep 61\d/));
      expect(commandLines()).toContain('sleep infinity');
    },
  );

  test('hanging up after the end still ends what was left behind', async () => {
    const session = await engine().exec(siteId, {
      command: ['sh', '-c', 'sleep 615 > /dev/null 2>&1 < /dev/null & exit 3'],
    });
    session.stdin.end();
    session.stdout.resume();
    session.stderr?.resume();
    expect(await session.exited).toBe(3);
    expect(commandLines()).toContain('sleep 615');
    await session.hangUp();
    expect(commandLines()).not.toContain('sleep 615');
  });

  test('the exit code arrives when the container is removed under a command', async () => {
    const spec = await newSpec();
    await engine().run(spec);
    const session = await engine().exec(spec.siteId, { command: ['sleep', '600'] });
    session.stdout.resume();
    session.stderr?.resume();
    await engine().remove(spec.siteId);
    expect(await session.exited).toBe(137);
    await session.hangUp();
  });

  test('orphans are reaped: they do not use up process slots', async () => {
    await finish(engine(), siteId, 'for i in $(seq 200); do (sleep 0.01 & ); done; sleep 1');
    expect(commandLines().filter((line) => line === '')).toEqual([]);
  });
});

describe.skipIf(missing)('docker: limits the kernel holds', () => {
  let siteId = '';
  let instanceId = '';
  const engine = () => realHost().engine;
  beforeAll(async () => {
    const spec = await newSpec();
    siteId = spec.siteId;
    instanceId = (await engine().run(spec)).instanceId;
  });
  afterAll(() => engine().remove(siteId));

  const cgroup = (v1: string, v2: string) => realHost().readCgroup(instanceId, { v1, v2 });

  test('memory beyond the limit kills the command with 137, and the container lives on', async () => {
    const { exitCode } = await finish(engine(), siteId, { command: ['python3', '-c', 'x = bytearray(300 << 20)'] });
    expect(exitCode).toBe(137);
    expect(await engine().inspect(siteId)).toMatchObject({ status: 'running', instanceId });
  });

  test('there is no swap beside the memory', () => {
    const [v1, v2] = [
      cgroup('memory/memory.memsw.limit_in_bytes', 'memory.max'),
      cgroup('memory/memory.limit_in_bytes', 'memory.max'),
    ];
    expect([v1, v2]).toEqual([String(LIMITS.memoryBytesMax), String(LIMITS.memoryBytesMax)]);
  });

  test('what connections hold unread has a limit from the start, also after a stop', async () => {
    const spec = await newSpec();
    const read = async () => {
      const { instanceId: id } = await engine().run(spec);
      return Number(realHost().readCgroup(id, { v1: 'memory/memory.kmem.tcp.limit_in_bytes', v2: 'memory.max' }));
    };
    expect(await read()).toBeLessThanOrEqual(LIMITS.memoryBytesMax);
    await engine().stop(spec.siteId, 0);
    expect(await read()).toBeLessThanOrEqual(LIMITS.memoryBytesMax);
    await engine().remove(spec.siteId);
  });

  test('a container whose first process runs out of memory is told apart', async () => {
    const heard: EngineChange[] = [];
    const stop = engine().watch((change) => heard.push(change));
    await sleep(300);
    const spec = await newSpec({ command: ['python3', '-c', 'import time; time.sleep(1); x = bytearray(300 << 20)'] });
    await engine().run(spec);
    await eventually(() => heard.some((change) => change.kind === 'died' && change.siteId === spec.siteId));
    stop();
    expect(await engine().inspect(spec.siteId)).toMatchObject({ status: 'exited', exitCode: 137, outOfMemory: true });
    expect(heard).toContainEqual({ siteId: spec.siteId, kind: 'out-of-memory' });
    await engine().remove(spec.siteId);
  });

  test('a fork bomb stops at the limit; a further command runs or is refused with the number', async () => {
    const spec = await newSpec();
    await engine().run(spec);
    const bomb = `
import os, time
count = 0
try:
    while True:
        if os.fork() == 0: time.sleep(600)
        count += 1
except OSError as error:
    print(count, error.strerror, flush=True)
time.sleep(600)`;
    const session = await engine().exec(spec.siteId, { command: ['python3', '-c', bomb] });
    const [line] = (await session.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false }).next()).value.split(
      '\n',
    );
    expect(line).toMatch(/^\d+ Resource temporarily unavailable$/);
    expect(Number.parseInt(line, 10)).toBeLessThan(LIMITS.pidsMax);
    // Which of the two depends on how many threads the runtime needs at that moment.
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const outcome = await finish(engine(), spec.siteId, { command: ['true'] }).catch((error: unknown) => error);
      expect([0, `Your site has no free process slots (limit ${LIMITS.pidsMax}).`]).toContain(
        outcome instanceof Error ? outcome.message : (outcome as { exitCode: number }).exitCode,
      );
    }
    await session.hangUp();
    expect(await finish(engine(), spec.siteId, 'echo well again')).toMatchObject({ stdout: 'well again\n' });
    await engine().remove(spec.siteId);
  });

  test('the CPU limit is in force', () => {
    expect([cgroup('cpu/cpu.cfs_quota_us', 'cpu.max').split(' ')[0]]).toEqual(['50000']);
  });

  test.each([
    ['/tmp', LIMITS.tmpfsBytesMax],
    ['/run', LIMITS.tmpfsBytesMax / 4],
    ['/dev/shm', LIMITS.tmpfsBytesMax / 4],
  ])('%s ends at its size', async (place, bytesMax) => {
    const { stderr, stdout } = await finish(
      engine(),
      siteId,
      `dd if=/dev/zero of=${place}/f bs=1M; stat -c %s ${place}/f; rm ${place}/f`,
    );
    expect(stderr).toContain('No space left on device');
    expect(Number(stdout)).toBe(bytesMax);
  });

  test('/tmp ends at its number of files', async () => {
    const script = 'import os\nfor n in range(10**6): open(f"/tmp/n{n}", "w").close()';
    const { stderr } = await finish(engine(), siteId, { command: ['python3', '-c', script] });
    expect(stderr).toContain('No space left on device');
    await finish(engine(), siteId, 'find /tmp -type f -delete');
  });

  test('memory-backed files beside the sized ones count as the site’s memory', async () => {
    const { exitCode } = await finish(
      engine(),
      siteId,
      'dd if=/dev/zero of=/dev/f bs=1M; rm /dev/f; dd if=/dev/zero of=/sys/fs/cgroup/f bs=1M count=300; code=$?; rm -f /sys/fs/cgroup/f; exit $code',
    );
    expect(exitCode).not.toBe(0);
  });

  test('files, open files and core dumps are limited', async () => {
    const { stdout } = await finish(engine(), siteId, {
      command: ['bash', '-c', 'ulimit -Sn; ulimit -Hn; ulimit -c; ulimit -f'],
    });
    expect(stdout).toBe(`1024\n2048\n0\n${LIMITS.fileBytesMax / 1024}\n`);
    expect(await finish(engine(), siteId, 'dd if=/dev/zero of=/root/f bs=1M count=100; rm /root/f')).toMatchObject({
      exitCode: 0,
    });
    const { stdout: size } = await finish(
      engine(),
      siteId,
      '(dd if=/dev/zero of=/root/f bs=1M count=100 2>/dev/null); stat -c %s /root/f; rm /root/f',
    );
    expect(Number(size)).toBe(LIMITS.fileBytesMax);
  });

  test('new limits reach the running container', async () => {
    await engine().setLimits(siteId, { ...LIMITS, memoryBytesMax: 192 * MIB, cpuMillisMax: 250, pidsMax: 50 });
    expect(cgroup('memory/memory.limit_in_bytes', 'memory.max')).toBe(String(192 * MIB));
    expect(cgroup('cpu/cpu.cfs_quota_us', 'cpu.max').split(' ')[0]).toBe('25000');
    expect(cgroup('pids/pids.max', 'pids.max')).toBe('50');
    // Under v1 socket memory has a limit of its own.
    const sockets = cgroup('memory/memory.kmem.tcp.limit_in_bytes', 'memory.max');
    expect([192 * MIB, 24 * MIB]).toContain(Number(sockets));
    await engine().setLimits(siteId, LIMITS);
    expect(cgroup('memory/memory.limit_in_bytes', 'memory.max')).toBe(String(LIMITS.memoryBytesMax));
    expect(await engine().inspect(siteId)).toMatchObject({ instanceId, status: 'running' });
  });
});

describe.skipIf(missing)('docker: walls', () => {
  let siteId = '';
  let instanceId = '';
  const engine = () => realHost().engine;
  beforeAll(async () => {
    const spec = await newSpec();
    siteId = spec.siteId;
    instanceId = (await engine().run(spec)).instanceId;
  });
  afterAll(() => engine().remove(siteId));

  const python = async (script: string) =>
    (await finish(engine(), siteId, { command: ['python3', '-c', script] })).stdout;

  test('root inside is an ordinary user on the host', async () => {
    expect((await finish(engine(), siteId, 'id -u')).stdout).toBe('0\n');
    const owners = realHost()
      .processes(instanceId)
      .map((pid) => Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]));
    expect(owners.length).toBeGreaterThan(0);
    expect(Math.min(...owners)).toBeGreaterThanOrEqual(100_000);
  });

  test.each([
    ['mount -t tmpfs none /mnt'],
    ['unshare --user true'],
    ['unshare --mount true'],
    ['nsenter -t 1 -m true'],
    ['chroot / unshare -n true'],
    ['mknod /root/disk b 7 0 && cat /root/disk'],
    ['date -s 10:00'],
    ['dmesg'],
    ['nice -n -20 chrt -f 99 true'],
    ['ip address add 10.0.0.1/8 dev eth0'],
    ['d=/sys/fs/cgroup; [ -d $d/pids ] && d=$d/pids; mkdir $d/x'],
    ['head -c 1 /proc/kcore | grep .'],
  ])('refused: %s', async (command) => {
    expect((await finish(engine(), siteId, command)).exitCode).not.toBe(0);
  });

  test.each([
    '/x',
    '/etc/hosts',
    '/etc/hostname',
    '/etc/resolv.conf',
    '/.init',
    '/.shell',
    '/.lightkeeper/x',
    '/proc/sys/kernel/core_pattern',
    '/proc/sysrq-trigger',
    '/sys/kernel/x',
  ])('%s cannot be written', async (place) => {
    const { exitCode, stderr } = await finish(engine(), siteId, `echo x >> ${place}`);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/Read-only file system|Permission denied|cannot create|No such file/);
  });

  test('the ioctls by which a disk limit is left are refused, with and without bits the kernel ignores', async () => {
    const script = `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
fd = os.open("/root", os.O_RDONLY)
argument = ctypes.create_string_buffer(4096)
for request in (0x5000940e, 0x50009417, 0x401c5820, 0x40086602):
    for upper in (0, 1 << 32):
        libc.syscall(16 if os.uname().machine == "x86_64" else 29, fd, ctypes.c_ulong(request | upper), argument)
        print(hex(request), os.strerror(ctypes.get_errno()))`;
    const lines = (await python(script)).trim().split('\n');
    expect(lines).toHaveLength(8);
    expect(lines.filter((line) => !line.endsWith('Operation not permitted'))).toEqual([]);
  });

  test('copying by reference and terminals still work through the filter', async () => {
    expect(
      await finish(engine(), siteId, 'cp --reflink=auto /etc/passwd /root/copy && cmp /etc/passwd /root/copy'),
    ).toMatchObject({ exitCode: 0 });
    expect(await python('import os; print(os.openpty() and "pty")')).toBe('pty\n');
  });

  test('sockets of the families that reach the host’s kernel or hypervisor are refused', async () => {
    const script = `
import socket
for family in (1, 2, 10, 16, 17, 38, 40):
    kind = {16: socket.SOCK_RAW, 17: socket.SOCK_RAW, 38: socket.SOCK_SEQPACKET}.get(family, socket.SOCK_STREAM)
    try: socket.socket(family, kind); print(family, "open")
    except PermissionError: print(family, "refused")`;
    expect((await python(script)).trim().split('\n')).toEqual([
      '1 open',
      '2 open',
      '10 open',
      '16 open',
      '17 refused',
      '38 refused',
      '40 refused',
    ]);
  });

  test('calls newer than the filter are unknown rather than forbidden, so that programs fall back', async () => {
    const script =
      'import ctypes, os; l = ctypes.CDLL(None, use_errno=True); l.syscall(469, 0, 0, 0, 0, 0); print(os.strerror(ctypes.get_errno()))';
    expect(await python(script)).toBe('Function not implemented\n');
  });

  test('root keeps what packages need: users, owners, other identities, low ports, ping', async () => {
    const script = `set -e
touch /root/f; chown 1000:1000 /root/f; chmod 4755 /root/f; rm /root/f
useradd -m trial; su trial -c 'test "$(id -u)" != 0'; userdel -r trial
ping -c 1 127.0.0.1 > /dev/null
python3 -c 'import socket; socket.create_server(("", 80))'`;
    expect(await finish(engine(), siteId, script)).toMatchObject({ exitCode: 0 });
  });

  test('a container survives a crash of the engine, and the watcher hears again', async () => {
    const heard: EngineChange[] = [];
    const stop = engine().watch((change) => heard.push(change));
    await sleep(300);
    await realHost().crashEngine();
    expect(await engine().inspect(siteId)).toMatchObject({ instanceId, status: 'running' });
    expect(await finish(engine(), siteId, 'echo here')).toMatchObject({ stdout: 'here\n' });
    await sleep(1000);
    await engine().stop(siteId, 0);
    await eventually(() => heard.some((change) => change.siteId === siteId && change.kind === 'died'));
    stop();
  });
});

describe.skipIf(missing)('docker: what can be in the way', () => {
  const engine = () => realHost().engine;

  test('a container that cannot start leaves nothing behind', async () => {
    const spec = await newSpec({ command: ['/nonesuch'] });
    const mounts = [{ source: '/nonesuch', target: '/app', readOnly: false }];
    await expect(engine().run({ ...spec, mounts })).rejects.toThrow();
    expect(await engine().inspect(spec.siteId)).toBeNull();
  });
});
