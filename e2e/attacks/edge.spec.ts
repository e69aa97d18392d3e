// The proxy in front of all sites, against visitors and apps that mean to hold its places: slow, endless, ambiguous.

import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, get, type Site, status, test } from '../setup/fixtures.ts';
import { expectHostOk, pulse, readHost, SETTINGS } from '../setup/host-state.ts';

const PORT = SETTINGS.httpPort;

/** Opens a connection to the proxy, says something, and hears all until the other side ends it or the time is over. */
function say(text: string, msMax = 5_000): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(PORT, '127.0.0.1', () => socket.write(text));
    let heard = '';
    const timer = setTimeout(() => socket.destroy(), msMax);
    socket.setEncoding('utf8').on('data', (data) => {
      heard += data;
    });
    socket.on('error', () => {}); // Cut off: what was heard counts.
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(heard);
    });
  });
}

const hostOf = (site: Site) => new URL(site.address).host;

test('hundreds of visitors who never finish their request are sent away, and a neighbour notices nothing', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const others = pulse(neighbour);
  const sockets = Array.from({ length: 600 }, () => net.connect(PORT, '127.0.0.1'));
  const ended = sockets.map(
    (socket) =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        socket.resume().on('error', () => {}); // Sent away while it writes.
        socket.on('close', () => resolve(performance.now() - start));
      }),
  );
  for (const socket of sockets) socket.write(`GET / HTTP/1.1\r\nHost: ${hostOf(site)}\r\n`);
  const dripping = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('X');
  }, 1_000);
  try {
    expect(Math.max(...(await Promise.all(ended)))).toBeLessThan(20_000);
  } finally {
    clearInterval(dripping);
    for (const socket of sockets) socket.destroy();
  }
  const { asked, failed } = await others.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(50);
  await expectHostOk(before, neighbour);
});

test('a request that could be read as two, or for two hosts, reaches the site of its one name or none', async ({
  site,
  neighbour,
  workspace,
}) => {
  const clone = await workspace.clone(neighbour);
  await workspace.commit(clone, { 'main.py': SECRET_APP });
  const pushed = await workspace.push(clone);
  expect(pushed.code, pushed.stderr).toBe(0);
  const [mine, theirs] = [hostOf(site), hostOf(neighbour)];
  expect(await say(`GET / HTTP/1.1\r\nHost: ${theirs}\r\nConnection: close\r\n\r\n`)).toContain('only here');

  // What a proxy says of a visitor is said by ours alone.
  const forged = ['X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Real-IP', 'Forwarded'];
  const lies = forged.flatMap((name) => [`${name}: forged`, `${name.toLowerCase()}: forged`]).join('\r\n');
  const told = await say(`GET / HTTP/1.1\r\nHost: ${theirs}\r\n${lies}\r\nConnection: close\r\n\r\n`);
  expect(told).not.toContain('forged');
  for (const line of ['x-forwarded-for: 127.0.0.1', `x-forwarded-host: ${theirs}`, 'x-forwarded-proto: http']) {
    expect(told.toLowerCase()).toContain(line);
  }

  const inner = `GET /inner HTTP/1.1\r\nHost: ${theirs}\r\nConnection: close\r\n\r\n`;
  const hidden = [
    // Two lengths, or a length and chunks: what one reader takes for the body, another takes for the next request.
    `POST / HTTP/1.1\r\nHost: ${mine}\r\nContent-Length: ${inner.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `POST / HTTP/1.1\r\nHost: ${mine}\r\nContent-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
    `POST / HTTP/1.1\r\nHost: ${mine}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    `POST / HTTP/1.1\r\nHost: ${mine}\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
    `POST / HTTP/1.1\r\nHost: ${mine}\r\nContent-Length: ${inner.length}\r\nConnection: close\r\n\r\n${inner}`,
    // Two names.
    `GET / HTTP/1.1\r\nHost: ${mine}\r\nHost: ${theirs}\r\n\r\n`,
    `GET http://${theirs}/ HTTP/1.1\r\nHost: ${mine}\r\nConnection: close\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: ${mine}@${theirs}\r\nConnection: close\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: ${mine} ${theirs}\r\nConnection: close\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: ${mine}\r\nX-Forwarded-Host: ${theirs}\r\nConnection: close\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: ${mine}\r\nX: y\rHost: ${theirs}\r\nConnection: close\r\n\r\n`,
  ];
  for (const request of hidden) expect((await say(request, 1_500)).includes('only here'), request).toBe(false);

  // Odd, but one name: as a browser would mean it, or none.
  for (const host of [theirs.toUpperCase(), theirs.split(':')[0]]) {
    const heard = await say(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(heard.includes('only here'), host).toBe(true);
  }
  for (const host of ['', '[::1]', `${theirs.split(':')[0]}.`, 'xn--nope', '../../etc/passwd', 'a\tb']) {
    const heard = await say(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(heard.slice(0, 80), `"${host}"`).toMatch(/^HTTP\/1\.[01] (400|404|421) /);
  }
  expect(await status(site.address)).toBe(200);
});

const SECRET_APP = `import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"only here\\n" + str(self.headers).encode())

HTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
`;

/** Answers / at once; /drip with a byte a second, /headers with headers without end, /hang not at all. */
const HOLDING_APP = `import asyncio, os

async def serve(reader, writer):
    try:
        line = (await reader.readline()).decode()
        while (await reader.readline()).strip(): pass
        if "/drip" in line:
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\n")
            while True:
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(1)
        elif "/headers" in line:
            writer.write(b"HTTP/1.1 200 OK\\r\\n")
            while True:
                writer.write(b"X-More: " + b"x" * 1000 + b"\\r\\n")
                await writer.drain()
        elif "/hang" in line:
            await asyncio.sleep(600)
        else:
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\nquick")
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()

async def main():
    server = await asyncio.start_server(serve, "0.0.0.0", int(os.environ["PORT"]), backlog=2048)
    async with server: await server.serve_forever()

asyncio.run(main())
`;

test('an app that answers without end takes its own places at the proxy, and nobody else’s', async ({
  site,
  neighbour,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': HOLDING_APP });
  const pushed = await workspace.push(clone);
  expect(pushed.code, pushed.stderr).toBe(0);
  const before = await readHost();
  expect(await say(`GET /headers HTTP/1.1\r\nHost: ${hostOf(site)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 502 /);

  const others = pulse(neighbour);
  // Under what one address may have open, above what one site may.
  const visitors = Array.from({ length: 1_500 }, (_, number) => {
    const socket = net.connect({ port: PORT, host: '127.0.0.1', localAddress: '127.0.0.1' });
    socket.on('error', () => {}); // Turned away.
    socket.write(`GET /${number % 2 ? 'drip' : 'hang'} HTTP/1.1\r\nHost: ${hostOf(site)}\r\n\r\n`);
    return socket;
  });
  try {
    await expect.poll(async () => (await get(site.address)).status, { timeout: 20_000 }).toBe(503);
    expect((await get(site.address)).body).toContain('Too many at once');
    await sleep(3_000);
  } finally {
    for (const socket of visitors) socket.destroy();
  }
  const { asked, failed, p95Ms } = await others.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(50);
  expect(p95Ms).toBeLessThan(1_000);
  await expect.poll(() => status(site.address), { timeout: 20_000 }).toBe(200);
  await expectHostOk(before, neighbour);
});
