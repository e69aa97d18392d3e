// The API, against callers who mean to tire it: bodies too deep or too large, streams without end, headers that lie.

import { APP_URL, api, expect, test } from '../setup/fixtures.ts';
import { expectHostOk, pulse, readHost } from '../setup/host-state.ts';
import { run } from '../setup/programs.ts';

/** As deep as a body may be long. */
const DEPTH = 7_000;
const STREAMS_MAX = 6;

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}

test('bodies that are too deep, too large, of another kind or no JSON are refused in a sentence, at once', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const others = pulse(neighbour);
  const bodies: [string, BodyInit, string][] = [
    ['deep arrays', '['.repeat(DEPTH) + ']'.repeat(DEPTH), 'application/json'],
    ['deep objects', `${'{"name":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`, 'application/json'],
    ['a prototype', '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}', 'application/json'],
    ['another kind', '<name>x</name>', 'application/xml'],
    ['no JSON', '{"name":', 'application/json'],
    [
      'a thousand names',
      JSON.stringify({ variables: Array(1_500).fill({ name: 'A', value: 'b' }) }),
      'application/json',
    ],
  ];
  for (const [what, body, type] of bodies) {
    for (const [method, place] of [
      ['PUT', '/environment'],
      ['POST', '/keys'],
    ] as const) {
      const start = performance.now();
      const response = await api(site, place, { method, body, headers: { 'content-type': type } });
      expect(response.status, `${what} to ${method} ${place}`).toBeGreaterThanOrEqual(400);
      expect(response.status, `${what} to ${method} ${place}`).toBeLessThan(500);
      expect(await codeOf(response)).toMatch(/^[a-z-]+$/);
      expect(performance.now() - start, what).toBeLessThan(5_000);
    }
  }
  // curl reads the answer that comes while it still sends.
  const large = ['-s', '-X', 'PUT', '-H', `authorization: Bearer ${site.token}`, '--data-binary', '@-'];
  const address = `${APP_URL}/api/sites/${site.name}/environment`;
  const { stdout } = await run('curl', [...large, '-H', 'content-type: application/json', address], {
    input: Buffer.alloc(20 << 20, 'x'),
  });
  expect(stdout).toMatch(/"The body is larger than \d+ KB\."/);

  const { failed } = await others.stop();
  expect(failed).toEqual([]);
  await expectHostOk(before, neighbour);
});

test('a caller has six streams at a time, the next one is told so, and a closed one makes room', async ({ site }) => {
  const aborts: AbortController[] = [];
  const open = () => {
    const abort = new AbortController();
    aborts.push(abort);
    return api(site, '/events', { signal: abort.signal });
  };
  try {
    const streams = await Promise.all(Array.from({ length: STREAMS_MAX }, open));
    expect(streams.map(({ status }) => status)).toEqual(Array(STREAMS_MAX).fill(200));
    const refused = await open();
    expect(refused.status).toBe(429);
    expect(await codeOf(refused)).toBe('too-many-requests');
    aborts[0]?.abort();
    await expect
      .poll(async () => {
        const again = await open();
        if (again.status !== 200) await again.body?.cancel();
        return again.status;
      })
      .toBe(200);
  } finally {
    for (const abort of aborts) abort.abort();
  }
});

test('headers that ask the app to skip its own checks, or to fetch for the caller, change nothing', async ({
  site,
}) => {
  const place = `/api/sites/${site.name}`;
  for (const headers of [
    { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' },
    { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' },
    { 'x-forwarded-host': 'admin.example.org', 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
    { 'x-original-url': '/admin', 'x-rewrite-url': '/admin' },
    { 'x-http-method-override': 'DELETE' },
  ] as Record<string, string>[]) {
    expect((await fetch(`${APP_URL}${place}`, { headers })).status, JSON.stringify(headers)).toBe(404);
    expect((await fetch(`${APP_URL}/api/admin/sites`, { headers })).status, JSON.stringify(headers)).toBe(404);
  }
  expect((await fetch(`${APP_URL}/_next/image?url=http%3A%2F%2F127.0.0.1%3A22%2F&w=64&q=75`)).status).toBe(404);
  expect((await api(site, '')).status).toBe(200);
});
