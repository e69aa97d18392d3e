// Listeners and connections follow what the sites say.

import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seal } from '#lib/auth/seal.ts';
import type { Listener } from './listener.ts';
import { createSiteListeners, type SiteListeners } from './site-listeners.ts';
import { exampleSite, PASSWORD, SECRET } from './testing/example-site.ts';
import { type Client, createClient } from './testing/openssh.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';
import { until } from './testing/until.ts';

const SITE = exampleSite({});
let server: TestServer;
let client: Client;
let listeners: SiteListeners;
let opened: Listener[];

beforeEach(async () => {
  [server, client] = await Promise.all([startTestServer(), createClient()]);
  opened = [];
  listeners = createSiteListeners({
    sites: server.sites,
    secret: SECRET,
    admission: server.admission,
    log: server.log,
    open: async (port) => {
      const listener = await server.open(port);
      opened.push(listener);
      return { ...listener, port };
    },
  });
  await listeners.lookAtAll();
});
afterEach(async () => {
  await listeners.closeAll('the test is over');
  await Promise.all([server.close(), client.remove()]);
});

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
const portOf = (index: number) => opened[index]?.port ?? 0;

async function logIn(given: { password?: string }) {
  const identity = given.password ? ['-o', 'PubkeyAuthentication=no', '-o', 'BatchMode=no'] : [];
  const options = [...identity, ...client.options, '-p', String(portOf(0)), 'root@127.0.0.1', 'sleep 60'];
  const child = client.start('ssh', options, given);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  expect(await until(() => server.admission.counts().guests === 1)).toBe(true);
  return ended;
}

describe('site listeners', () => {
  it('open for a new site and close for a deleted one, whose sessions end', async () => {
    expect(await isListening(portOf(0))).toBe(true);
    server.sites.rows = [SITE, exampleSite({ id: 'new', name: 'new-site', port: 22_001 })];
    await listeners.look('new');
    expect(await isListening(portOf(1))).toBe(true);

    const ended = logIn({ password: PASSWORD });
    expect(await until(() => server.engine.requests.length === 1)).toBe(true);
    server.sites.rows = server.sites.rows.slice(1);
    await listeners.look(SITE.id);
    expect(await ended).toBe(255);
    expect(await isListening(portOf(0))).toBe(false);
    expect(await isListening(portOf(1))).toBe(true);
    expect(await until(() => server.engine.hangUps === 1)).toBe(true);
  });

  it('do not touch others when all is as it was', async () => {
    await listeners.lookAtAll();
    await listeners.look(SITE.id);
    expect(opened).toHaveLength(1);
  });

  it('end the connections of a key that was removed', async () => {
    server.sites.keys = [{ siteId: SITE.id, publicKey: client.publicKey }];
    const ended = logIn({});
    expect(await until(() => server.admission.counts().guests === 1)).toBe(true);
    await listeners.look(SITE.id);
    expect(server.admission.counts().guests).toBe(1);
    server.sites.keys = [];
    await listeners.lookAtAll();
    expect(await ended).toBe(255);
  });

  it('end the connections of a developer who became a viewer', async () => {
    server.sites.keys = [{ siteId: SITE.id, publicKey: client.publicKey, access: 'own' }];
    const ended = logIn({});
    expect(await until(() => server.admission.counts().guests === 1)).toBe(true);
    server.sites.keys = [{ siteId: SITE.id, publicKey: client.publicKey, access: 'develop' }];
    await listeners.look(SITE.id);
    expect(server.admission.counts().guests).toBe(1);
    server.sites.keys = [{ siteId: SITE.id, publicKey: client.publicKey, access: 'view' }];
    await listeners.look(SITE.id);
    expect(await ended).toBe(255);
  });

  it('end the connections of a password that was changed', async () => {
    const ended = logIn({ password: PASSWORD });
    expect(await until(() => server.admission.counts().guests === 1)).toBe(true);
    server.sites.rows = [{ ...SITE, sealedPassword: seal(SECRET, 'another') }];
    await listeners.look(SITE.id);
    expect(await ended).toBe(255);
  });

  it('stay as they are when the database cannot be asked', async () => {
    server.sites.fault = new Error('away');
    await expect(listeners.look(SITE.id)).rejects.toThrow('away');
    server.sites.fault = null;
    expect(await isListening(portOf(0))).toBe(true);
    await listeners.lookAtAll();
    expect(opened).toHaveLength(1);
  });
});
