// Who gets in, who does not, and what strangers can do to the process before they are in.

import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seal } from '#lib/auth/seal.ts';
import { exampleSite, PASSWORD, SECRET } from './testing/example-site.ts';
import { type Client, createClient } from './testing/openssh.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';
import { until } from './testing/until.ts';

let server: TestServer;
let client: Client;
const SITE = exampleSite({}).id;

beforeEach(async () => {
  [server, client] = await Promise.all([startTestServer(), createClient()]);
});
afterEach(() => Promise.all([server.close(), client.remove()]));

async function restart(limits: Parameters<typeof startTestServer>[0]): Promise<void> {
  await server.close();
  server = await startTestServer(limits);
}

function openSilent(port: number, count: number): { sockets: Socket[]; open: () => number } {
  let open = count;
  const sockets = Array.from({ length: count }, () =>
    connect(port, '127.0.0.1')
      .on('error', () => {})
      .on('close', () => {
        open -= 1;
      })
      .resume(),
  );
  return { sockets, open: () => open };
}

describe('a login', () => {
  it('succeeds with the password as root, and as nobody else', async () => {
    expect(String((await client.ssh(server.port, ['echo in'], { password: PASSWORD })).stdout)).toBe('in\n');
    const other = await client.ssh(server.port, ['echo in'], { password: PASSWORD, user: 'admin' });
    const wrong = await client.ssh(server.port, ['echo in'], { password: 'wrong' });
    for (const outcome of [other, wrong]) {
      expect(String(outcome.stdout)).toBe('');
      expect(outcome.stderr.replace(/^\w+@/, '').trim()).toBe('127.0.0.1: Permission denied (publickey,password).');
    }
  });

  it('succeeds with a key of this site, not with one of another, and not after its removal', async () => {
    expect((await client.ssh(server.port, ['true'])).code).toBe(255);
    server.sites.keys = [{ siteId: 'another', publicKey: client.publicKey }];
    expect((await client.ssh(server.port, ['true'])).code).toBe(255);
    server.sites.keys = [{ siteId: SITE, publicKey: client.publicKey }];
    expect((await client.ssh(server.port, ['true'])).code).toBe(0);
    server.sites.keys = [];
    expect((await client.ssh(server.port, ['true'])).code).toBe(255);
  });

  it('succeeds with a developer’s key, and is for a viewer’s as if it were unknown', async () => {
    server.sites.keys = [{ siteId: SITE, publicKey: client.publicKey, access: 'develop' }];
    expect((await client.ssh(server.port, ['true'])).code).toBe(0);
    server.sites.keys = [];
    const unknown = await client.ssh(server.port, ['true']);
    server.sites.keys = [{ siteId: SITE, publicKey: client.publicKey, access: 'view' }];
    const asViewer = await client.ssh(server.port, ['true']);
    expect([asViewer.code, String(asViewer.stderr)]).toEqual([unknown.code, String(unknown.stderr)]);
  });

  it.each(['ecdsa', 'rsa'])('succeeds with a key of type %s', async (type) => {
    const file = `${client.directory}/${type}`;
    await client.run('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
    const line = String((await client.run('cat', [`${file}.pub`])).stdout);
    server.sites.keys = [{ siteId: SITE, publicKey: line }];
    const options = client.options.map((word) => word.replace(client.keyFile, file));
    expect((await client.run('ssh', [...options, '-p', `${server.port}`, 'root@127.0.0.1', 'true'])).code).toBe(0);
  });

  it('fails while the site waits in the pool, and succeeds the moment it is claimed', async () => {
    server.sites.rows = [exampleSite({ isOwned: false })];
    server.sites.keys = [{ siteId: SITE, publicKey: client.publicKey }];
    expect((await client.ssh(server.port, ['true'], { password: PASSWORD })).code).not.toBe(0);
    expect((await client.ssh(server.port, ['true'])).code).toBe(255);
    server.sites.rows = [exampleSite({})];
    expect((await client.ssh(server.port, ['true'], { password: PASSWORD })).code).toBe(0);
  });

  it('is cut, not denied, while the database is away', async () => {
    server.sites.fault = new Error('away');
    const outcome = await client.ssh(server.port, ['true'], { password: PASSWORD });
    expect(outcome.stderr).not.toContain('Permission denied');
    server.sites.fault = null;
    expect((await client.ssh(server.port, ['true'], { password: PASSWORD })).code).toBe(0);
  });
});

/** Offers the key and hands out whatever `sign` makes as its signature. */
class ForgingAgent extends ssh2.BaseAgent {
  readonly #key: string;
  readonly #sign: (data: Buffer) => Buffer | null;
  signed = 0;

  constructor(key: string, sign: (data: Buffer) => Buffer | null) {
    super();
    this.#key = key;
    this.#sign = sign;
  }

  override getIdentities(done: (error: Error | undefined, keys: ssh2.ParsedKey[]) => void): void {
    const key = ssh2.utils.parseKey(this.#key);
    if (!(key instanceof Error)) done(undefined, [key]);
  }

  override sign(_key: unknown, data: Buffer, ...rest: unknown[]): void {
    this.signed += 1;
    const done = rest.at(-1) as (error: Error | null, signature?: Buffer) => void;
    const signature = this.#sign(data);
    if (signature) done(null, signature);
    else done(new Error('no private key'));
  }
}

function tryAgent(agent: ForgingAgent): Promise<'in' | 'out'> {
  const attacker = new ssh2.Client();
  return new Promise((resolve) => {
    attacker.on('ready', () => resolve('in')).on('error', () => resolve('out'));
    attacker.connect({ host: '127.0.0.1', port: server.port, username: 'root', agent });
  }).finally(() => attacker.destroy()) as Promise<'in' | 'out'>;
}

describe('an attacker who knows a public key', () => {
  it.each<[string, (data: Buffer) => Buffer | null]>([
    ['signs nothing', () => null],
    [
      'signs with another key',
      (data) => {
        const other = ssh2.utils.parseKey(ssh2.utils.generateKeyPairSync('ed25519').private);
        return other instanceof Error ? null : other.sign(data);
      },
    ],
    ['sends zeros', () => Buffer.alloc(64)],
    ['sends an empty signature', () => Buffer.alloc(0)],
  ])('is told that the key would do, and stays out: %s', async (_, sign) => {
    server.sites.keys = [{ siteId: SITE, publicKey: client.publicKey }];
    const agent = new ForgingAgent(client.publicKey, sign);
    expect(await tryAgent(agent)).toBe('out');
    expect(agent.signed).toBe(1);
    expect(server.admission.counts().guests).toBe(0);
  });
});

describe('guesses', () => {
  it('end the connection at the sixth', async () => {
    let guesses = 0;
    const attacker = new ssh2.Client();
    await new Promise<void>((resolve) => {
      attacker.on('error', () => {}).on('close', () => resolve());
      attacker.connect({
        host: '127.0.0.1',
        port: server.port,
        username: 'root',
        authHandler: (_left, _partial, next) => {
          guesses += 1;
          next({ type: 'password', username: 'root', password: `guess ${guesses}` });
        },
      });
    });
    expect(guesses).toBe(6);
  });

  it('take the same time for a user and a site that are not there', async () => {
    const timeOf = async (port: number, user: string) => {
      const startedAt = performance.now();
      await client.ssh(port, ['true'], { user, password: 'wrong' });
      return performance.now() - startedAt;
    };
    const times = [
      await timeOf(server.port, 'root'),
      await timeOf(server.port, 'nobody'),
      await timeOf(server.gatewayPort, 'calm-reef-7'),
      await timeOf(server.gatewayPort, 'no-such-site'),
    ];
    for (const time of times) expect(time).toBeGreaterThan(400);
  });
});

describe('strangers', () => {
  it('that say nothing are gone after the grace, 200 of them, and others log in meanwhile', async () => {
    await restart({ limits: { loginGraceMs: 1_500, strangersPerSourceMax: 300, strangersMax: 300 } });
    const silent = openSilent(server.port, 200);
    expect(await until(() => server.admission.counts().strangers === 200)).toBe(true);
    expect((await client.ssh(server.port, ['true'], { password: PASSWORD })).code).toBe(0);
    expect(await until(() => silent.open() === 0, 3_000)).toBe(true);
    expect(server.admission.counts().strangers).toBe(0);
  });

  it('make room for newer ones when there are too many', async () => {
    await restart({ limits: { strangersPerSourceMax: 300, strangersMax: 20 } });
    const silent = openSilent(server.port, 60);
    expect(await until(() => silent.open() <= 20)).toBe(true);
    expect((await client.ssh(server.port, ['true'], { password: PASSWORD })).code).toBe(0);
    for (const socket of silent.sockets) socket.destroy();
  });

  it('that speak nonsense end alone', async () => {
    const nonsense = [
      randomBytes(100_000),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from('SSH-2.0-x\r\n'.repeat(1_000)),
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), randomBytes(50_000)]),
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.from('0000000c0a14', 'hex'), Buffer.alloc(8)]),
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.from('ffffffff', 'hex'), Buffer.alloc(1_000)]),
      Buffer.alloc(5_000_000, 'a'),
    ];
    const sockets = nonsense.map((bytes) =>
      connect(server.port, '127.0.0.1')
        .on('error', () => {})
        .resume()
        .end(bytes),
    );
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    expect((await client.ssh(server.port, ['true'], { password: PASSWORD })).code).toBe(0);
    expect(await until(() => server.admission.counts().strangers === 0)).toBe(true);
  });
});

describe('too many connections of one site', () => {
  it('are told so, and fewer work again', async () => {
    await restart({ limits: { connectionsPerSiteMax: 1 } });
    const first = client.start('ssh', sshArgs('cat'), { password: PASSWORD });
    expect(await until(() => server.admission.counts().guests === 1)).toBe(true);
    const second = await client.ssh(server.port, ['true'], { password: PASSWORD });
    expect([second.code, second.stderr.split('\n')[0]]).toEqual([
      255,
      'lightkeeper: This site has 1 SSH connections open, which is the most it may have.',
    ]);
    first.stdin.end();
    expect(await until(() => server.admission.counts().guests === 0)).toBe(true);
    expect((await client.ssh(server.port, ['true'], { password: PASSWORD })).code).toBe(0);
  });
});

function sshArgs(command: string): string[] {
  const quiet = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
  return [
    '-F',
    'none',
    ...quiet,
    '-o',
    'PubkeyAuthentication=no',
    '-p',
    String(server.port),
    'root@127.0.0.1',
    command,
  ];
}

describe('the host key', () => {
  it('is of Ed25519 and ECDSA, never of RSA', async () => {
    const scan = async () =>
      String((await client.run('ssh-keyscan', ['-p', String(server.port), '127.0.0.1'])).stdout)
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ')[1])
        .sort();
    expect(await scan()).toEqual(['ecdsa-sha2-nistp256', 'ssh-ed25519']);
  });
});

describe('an idle connection', () => {
  it('is ended', async () => {
    await restart({ limits: { idleMs: 500 } });
    const idle = client.start('ssh', sshArgs('sleep 60'), { password: PASSWORD });
    const code = await new Promise((resolve) => idle.once('close', resolve));
    expect(code).toBe(255);
    expect(await until(() => server.engine.hangUps === 1)).toBe(true);
  });
});

describe('a changed password', () => {
  it('no longer opens', async () => {
    server.sites.rows = [exampleSite({ sealedPassword: seal(SECRET, 'new one') })];
    expect((await client.ssh(server.port, ['true'], { password: PASSWORD })).code).not.toBe(0);
    expect((await client.ssh(server.port, ['true'], { password: 'new one' })).code).toBe(0);
  });
});
