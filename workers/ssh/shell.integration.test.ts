// What people and tools do over SSH, done by OpenSSH's own clients. The processes are local ones.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#lib/errors/app-error.ts';
import { type Client, createClient } from './testing/openssh.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';
import { until } from './testing/until.ts';

let server: TestServer;
let client: Client;

beforeAll(async () => {
  [server, client] = await Promise.all([startTestServer(), createClient()]);
  server.sites.keys.push({ siteId: server.sites.rows[0]?.id ?? '', publicKey: client.publicKey });
});
afterAll(() => Promise.all([server.close(), client.remove()]));

const ssh = (args: string[], given = {}) => client.ssh(server.port, args, given);
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('a command', () => {
  it.each([0, 1, 42, 255])('hands its exit code %s to the client', async (code) => {
    expect((await ssh([`exit ${code}`])).code).toBe(code);
  });

  it('keeps standard error apart from standard output', async () => {
    const outcome = await ssh(['echo out; echo err >&2']);
    expect([String(outcome.stdout), outcome.stderr]).toEqual(['out\n', 'err\n']);
  });

  it('is one argument of the shell, as sshd gives it', async () => {
    expect(String((await ssh([`printf '%s|' "a  b" '$HOME' \\;`])).stdout)).toBe('a  b|$HOME|;|');
  });

  it('gets the end of the client’s input', async () => {
    const input = Buffer.alloc(3_000_000, 'x');
    expect(String((await ssh(['wc -c'], { input })).stdout).trim()).toBe('3000000');
  });

  it('takes 40 MB at its own slow pace', async () => {
    const input = Buffer.alloc(40_000_000, 'x');
    const script = 'for pause in 1 2 3 4 5 6 7 8; do sleep 0.05; head -c 5000000; done | wc -c';
    expect(String((await ssh([script], { input })).stdout).trim()).toBe('40000000');
  });

  it('delivers 50 MB complete', async () => {
    const outcome = await ssh(['head -c 50M /dev/zero']);
    expect([outcome.stdout.length, outcome.code]).toEqual([50 * 1024 * 1024, 0]);
  });

  it('delivers output and error that both fill the client’s window, each byte once', async () => {
    const script =
      'for i in 1 2 3; do head -c 3M /dev/zero | tr "\\0" $i; head -c 3M /dev/zero | tr "\\0" $i >&2; done';
    const child = client.start('ssh', [
      ...client.options,
      '-p',
      String(server.port),
      '-l',
      'root',
      '127.0.0.1',
      script,
    ]);
    child.stdin.end();
    const read = async (stream: NodeJS.ReadableStream) => {
      const digest = createHash('sha256');
      let bytes = 0;
      for await (const chunk of stream) {
        bytes += chunk.length;
        digest.update(chunk);
        await sleep(bytes % 3 === 0 ? 5 : 0);
      }
      return `${bytes} ${digest.digest('hex')}`;
    };
    const wanted = Buffer.concat(['1', '2', '3'].map((digit) => Buffer.alloc(3 * 1024 * 1024, digit)));
    const both = `${wanted.length} ${hash(wanted)}`;
    expect(await Promise.all([read(child.stdout), read(child.stderr)])).toEqual([both, both]);
  });

  it('does not block when it reads nothing of what the client sends', async () => {
    expect((await ssh(['exit 7'], { input: Buffer.alloc(10_000_000) })).code).toBe(7);
  });

  it('runs beside nine others of the same connection, and the eleventh is refused', async () => {
    const control = path.join(client.directory, 'control');
    const options = [...client.options, '-S', control, '-p', String(server.port), '-l', 'root', '127.0.0.1'];
    const master = client.start('ssh', ['-M', '-N', ...options]);
    expect(await until(async () => (await client.run('ssh', ['-O', 'check', ...options])).code === 0)).toBe(true);
    const sleepers = Array.from({ length: 10 }, () => client.start('ssh', [...options, 'echo up; sleep 60']));
    await Promise.all(sleepers.map(({ stdout }) => new Promise((resolve) => stdout.once('data', resolve))));
    const eleventh = await client.run('ssh', ['-o', 'ProxyCommand=false', ...options, 'echo eleventh']);
    expect([eleventh.code, String(eleventh.stdout)]).toEqual([255, '']);
    for (const sleeper of sleepers) sleeper.kill();
    expect(
      await until(async () => String((await client.run('ssh', [...options, 'echo again'])).stdout) === 'again\n'),
    ).toBe(true);
    master.kill();
  });
});

describe('the environment of a session', () => {
  it('has root’s variables, and of the client’s only the harmless ones', async () => {
    const env = { LC_TIME: 'de_DE.UTF-8', LD_PRELOAD: '', BASH_ENV: '/tmp/evil', FOO: 'bar' };
    const send = ['-o', 'SendEnv=LC_* LD_PRELOAD BASH_ENV FOO', '-o', 'SetEnv=PATH=/evil COLORTERM=truecolor'];
    const options = [...client.options, ...send, '-p', String(server.port), '-l', 'root', '127.0.0.1', 'env'];
    const lines = String((await client.run('ssh', options, { env })).stdout).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['USER=root', 'LC_TIME=de_DE.UTF-8', 'LANG=C.UTF-8']));
    expect(lines.filter((line) => /^(FOO|BASH_ENV|LD_PRELOAD)=/.test(line) || line.includes('evil'))).toEqual([]);
    expect(lines.some((line) => /^SSH_CONNECTION=127\.0\.0\.1 \d+ 127\.0\.0\.1 \d+$/.test(line))).toBe(true);
  });
});

describe('a terminal', () => {
  it('has the client’s size, and follows its changes', async () => {
    const line = `stty rows 33 cols 101; ssh ${client.options.join(' ')} -tt -p ${server.port} root@127.0.0.1 'stty size; read x; stty size'`;
    const child = client.start('script', ['-qefc', line, '/dev/null'], { env: { TERM: 'xterm', SHELL: '/bin/sh' } });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    expect(await until(() => text.includes('33 101'))).toBe(true);
    const shell = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim();
    await client.run('sh', ['-c', `stty -F $(readlink /proc/${shell}/fd/0) rows 40 cols 90; pkill -WINCH -P ${shell}`]);
    expect(await until(() => server.engine.sizes.at(-1)?.columns === 90)).toBe(true);
    child.stdin.write('\n');
    expect(await until(() => text.includes('40 90'))).toBe(true);
    child.stdin.end();
    child.kill();
  });

  it('begins a shell with the message of the day; a shell without one has none', async () => {
    const withTerminal = await ssh(['-tt'], { input: 'echo $((40+2)); exit 5\n' });
    expect(String(withTerminal.stdout)).toContain('calm-reef-7   http://calm-reef-7.localhost:8080');
    expect(String(withTerminal.stdout)).toContain('42\r\n');
    expect(withTerminal.code).toBe(5);
    const without = await ssh(['-T'], { input: 'echo $0; exit 6\n' });
    expect([String(without.stdout), without.code]).toEqual(['/bin/bash\n', 6]);
  });
});

describe('copying files', () => {
  const content = Buffer.concat([Buffer.alloc(1_000_000, 'a'), Buffer.from([0, 255, 10, 13])]);
  const port = () => String(server.port);

  it.each([
    ['sftp’s', []],
    ['the old', ['-O']],
  ])('scp takes them there and back over %s protocol', async (_, flags) => {
    const [local, back] = [path.join(client.directory, 'local bin'), path.join(client.directory, 'back')];
    await writeFile(local, content);
    const options = [...flags, ...client.options, '-P', port()];
    const there = await client.run('scp', [...options, local, 'root@127.0.0.1:there']);
    expect([there.code, there.stderr]).toEqual([0, '']);
    expect(hash(await readFile(path.join(server.home, 'there')))).toBe(hash(content));
    expect((await client.run('scp', [...options, 'root@127.0.0.1:there', back])).code).toBe(0);
    expect(hash(await readFile(back))).toBe(hash(content));
  });

  it('sftp puts, lists and gets', async () => {
    await writeFile(path.join(client.directory, 'one'), content);
    const batch = path.join(client.directory, 'batch');
    await writeFile(batch, 'mkdir d\nput one d/two\nls -l d\nget d/two three\nrm d/two\nrmdir d\n');
    const outcome = await client.run('sftp', ['-b', batch, ...client.options, '-P', port(), 'root@127.0.0.1']);
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    expect(hash(await readFile(path.join(client.directory, 'three')))).toBe(hash(content));
  });

  it('rsync synchronises a folder', async () => {
    const remote = `ssh ${client.options.join(' ')} -p ${port()}`;
    await writeFile(path.join(client.directory, 'one'), content);
    const args = ['-a', '-e', remote, path.join(client.directory, 'one'), 'root@127.0.0.1:synced'];
    const outcome = await client.run('rsync', args);
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    expect(hash(await readFile(path.join(server.home, 'synced')))).toBe(hash(content));
  });
});

describe('forwarding', () => {
  it('leads a local port to one of the container’s, and nowhere else', async () => {
    const web = createServer((_, response) => response.end('from inside'));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const address = web.address();
    const inner = typeof address === 'object' ? address?.port : 0;
    const [allowed, refused] = [20_000 + (process.pid % 5_000), 26_000 + (process.pid % 5_000)];
    const forwards = ['-L', `${allowed}:localhost:${inner}`, '-L', `${refused}:169.254.169.254:80`];
    const child = client.start('ssh', [
      ...client.options,
      '-N',
      ...forwards,
      '-p',
      String(server.port),
      '-l',
      'root',
      '127.0.0.1',
    ]);
    const get = (port: number) =>
      fetch(`http://127.0.0.1:${port}/`).then(
        (response) => response.text(),
        () => null,
      );
    expect(await until(async () => (await get(allowed)) === 'from inside')).toBe(true);
    expect(await Promise.all(Array.from({ length: 5 }, () => get(allowed)))).toEqual(Array(5).fill('from inside'));
    expect(await get(refused)).toBeNull();
    child.kill();
    web.close();
  });

  it('of remote ports, agents and X11 is refused', async () => {
    const remote = await ssh(['-R', '0:localhost:80', '-o', 'ExitOnForwardFailure=yes', 'echo started']);
    expect([remote.code, String(remote.stdout)]).toEqual([255, '']);
    const agent = await ssh(['-A', '-X', 'echo "[$SSH_AUTH_SOCK$DISPLAY]"']);
    expect(String(agent.stdout)).toBe('[]\n');
  });
});

describe('leaving', () => {
  it.each([
    ['with a terminal', ['-tt']],
    ['without', []],
  ])('kills what the session ran, %s', async (_, flags) => {
    const marker = `sleep 3${process.pid}${flags.length}`;
    const child = client.start('ssh', [
      ...client.options,
      ...flags,
      '-p',
      String(server.port),
      '-l',
      'root',
      '127.0.0.1',
      `echo up; ${marker} & ${marker}1`,
    ]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const isRunning = async () => (await client.run('pgrep', ['-f', `^${marker}`])).code === 0;
    expect(await until(isRunning)).toBe(true);
    child.kill('SIGKILL');
    expect(await until(async () => !(await isRunning()))).toBe(true);
  });

  it('is seen also while the process reads none of what was sent', async () => {
    const before = server.engine.hangUps;
    const child = client.start('ssh', [
      ...client.options,
      '-p',
      String(server.port),
      '-l',
      'root',
      '127.0.0.1',
      'echo up; sleep 61',
    ]);
    child.stdin.on('error', () => {});
    child.stdin.write(Buffer.alloc(8_000_000));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await sleep(200);
    child.kill('SIGKILL');
    expect(await until(() => server.engine.hangUps > before)).toBe(true);
  });

  it('normally leaves what was put in the background on purpose', async () => {
    const before = server.engine.hangUps;
    expect((await ssh(['nohup sleep 2 >/dev/null 2>&1 </dev/null & echo left'])).code).toBe(0);
    expect(server.engine.hangUps).toBe(before);
  });
});

describe('what goes wrong', () => {
  it('is told in two lines, with exit code 255', async () => {
    server.engine.fault = new AppError('site-not-ready', {
      message: 'The site does not run.',
      hint: 'Start it on its page.',
    });
    const outcome = await ssh(['true']);
    expect([outcome.code, outcome.stderr]).toEqual([
      255,
      'lightkeeper: The site does not run.\nStart it on its page.\n',
    ]);
    server.engine.fault = new Error('dockerd: secret detail');
    const broken = await ssh(['true']);
    expect(broken.code).toBe(255);
    expect(broken.stderr).toMatch(/^lightkeeper: Something went wrong on our side \([0-9a-f]{8}\)\.\n/);
    expect(broken.stderr).not.toContain('secret detail');
    server.engine.fault = null;
  });
});
