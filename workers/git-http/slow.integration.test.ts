// Whoever takes a clone too slowly has to give way to others, and to nobody else.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePkt, FLUSH } from '#lib/git/pkt-line.ts';
import type { NamedSite } from '#lib/git/site.ts';
import { createSlots } from '#lib/git/slots.ts';
import { createStand, type Stand } from '#lib/git/test-stand.ts';
import { createGitServer } from './server.ts';

const TOKEN = 'the-token-of-this-site';
/** More than the sockets between the two take in. */
const PICTURE_BYTES = 48 << 20;

let stand: Stand;
let server: ReturnType<typeof createGitServer>;
const sites = new Map<string, NamedSite>();

beforeAll(async () => {
  stand = await createStand({ idleMs: 60_000 });
  const fetches = createSlots({ total: 1, perKey: 1, waitMs: 30_000, waitersMax: 5 });
  server = createGitServer({
    git: { ...stand.deps, fetches },
    findSite: async (name) => sites.get(name) ?? null,
    accessWith: async () => null,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await stand.close();
});

async function launch(name: string, bytes: number): Promise<{ url: string; commit: string }> {
  const site = await stand.createSite(name, { pushBytesMax: 2 * PICTURE_BYTES });
  sites.set(name, { ...site, state: 'live', token: TOKEN });
  const tree = await stand.workTree(`${name}-tree`);
  await writeFile(path.join(tree, 'picture'), randomBytes(bytes));
  await stand.git(tree, 'add', '.');
  await stand.git(tree, 'commit', '-qm', 'A picture');
  const url = `http://x:${TOKEN}@127.0.0.1:${(server.address() as AddressInfo).port}/${name}.git`;
  const pushed = await stand.git(tree, 'push', url, 'HEAD:main');
  expect(pushed.code, pushed.err).toBe(0);
  return { url, commit: (await stand.git(tree, 'rev-parse', 'HEAD')).out.trim() };
}

/** Asks for everything and takes nothing. */
async function stallClone({ url, commit }: { url: string; commit: string }): Promise<IncomingMessage> {
  const request = http.request(`${url}/git-upload-pack`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-git-upload-pack-request' },
  });
  request.on('error', () => {});
  request.end(Buffer.concat([encodePkt(`want ${commit} side-band-64k\n`), FLUSH, encodePkt('done\n')]));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  return response.on('error', () => {});
}

test('a clone that nobody reads is ended for one who waits, after a quarter of a minute', {
  timeout: 90_000,
}, async () => {
  const [large, small] = [await launch('large', PICTURE_BYTES), await launch('small', 1_000)];
  const stalled = await stallClone(large);
  await sleep(17_000);
  expect(stalled.destroyed).toBe(false); // Nobody has waited.

  const startedAt = performance.now();
  const cloned = await stand.git(stand.directory, 'clone', '-q', small.url, 'copy');
  expect(cloned, cloned.err).toMatchObject({ code: 0 });
  expect(performance.now() - startedAt).toBeLessThan(10_000);

  let bytes = 0;
  await new Promise<void>((resolve) => {
    stalled.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    stalled.once('close', resolve);
  });
  expect(bytes).toBeLessThan(PICTURE_BYTES);
});
