// Real receivers of alerts for tests: an HTTP server and an SMTP server that remember what they were given.

import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Received {
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface HttpReceiver {
  url: string;
  received: Received[];
  /** What it answers from now on. */
  answer: { status: number; headers: Record<string, string>; delayMs: number };
  close(): Promise<void>;
}

export async function openHttpReceiver(address = '127.0.0.1', port = 0): Promise<HttpReceiver> {
  const received: Received[] = [];
  const answer: HttpReceiver['answer'] = { status: 200, headers: {}, delayMs: 0 };
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
    setTimeout(() => response.writeHead(answer.status, answer.headers).end('x'.repeat(100_000)), answer.delayMs);
  });
  server.listen(port, address);
  await once(server, 'listening');
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`,
    received,
    answer,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface MailReceiver {
  port: number;
  /** As sent: headers and body. */
  mails: { to: string[]; from: string; text: string }[];
  close(): Promise<void>;
}

export async function openMailReceiver(port = 0): Promise<MailReceiver> {
  const mails: MailReceiver['mails'] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        mails.push({ from, to: rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  const listening = Promise.withResolvers<void>();
  const listener = server.listen(port, '127.0.0.1', () => listening.resolve());
  server.on('error', listening.reject);
  await listening.promise;
  return {
    port: (listener.address() as AddressInfo).port,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
