// The deploy worker's end of the wake socket, which the proxy (lib/proxy/waker.lua) and the SSH process have a way to, and
// no tenant. One connection is one question, "host NAME" or "site ID"; the answer is "ADDRESS:PORT", or "no" and why.

import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import type { Log } from '../log.ts';
import { writeTarget } from '../proxy/map.ts';
import type { Target } from '../proxy/proxy.ts';
import type { Waker } from './wake.ts';

export interface WakeServer {
  /** Takes no more questions, and answers when those under way have their answer or the grace is over. */
  close(graceMs: number): Promise<void>;
}

/** Who comes while so many wait is asked to try again, by a connection that ends without an answer. */
const CONNECTIONS_MAX = 2_000;
/** A host name has 253 at the most. */
const QUESTION_BYTES_MAX = 300;
const QUESTION_MS_MAX = 5_000;
const QUESTION = /^(host|site) (\S+)$/;

export interface WakeServerDeps {
  waker: Pick<Waker, 'wake' | 'wakeHost'>;
  log: Log;
}

/** Listens on the socket, for root and the group. A socket file of an earlier process is replaced. */
export async function serveWakes(deps: WakeServerDeps, socketPath: string, gid: number): Promise<WakeServer> {
  const connections = new Set<net.Socket>();
  const server = net.createServer((connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
    connection.on('error', () => {}); // Who asked has gone: the site wakes all the same.
    readQuestion(connection, (question) => void answer(deps, connection, question));
  });
  server.maxConnections = CONNECTIONS_MAX;
  const directory = path.dirname(socketPath);
  await mkdir(directory, { recursive: true });
  await chmod(directory, 0o710);
  await chown(directory, 0, gid);
  await rm(socketPath, { force: true });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen({ path: socketPath, backlog: CONNECTIONS_MAX }, listening.resolve);
  await listening.promise;
  await chown(socketPath, 0, gid);
  await chmod(socketPath, 0o660);
  server.on('error', (error) => deps.log.error({ cause: String(error) }, 'the wake socket failed'));
  return {
    close: (graceMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          for (const connection of connections) connection.destroy();
        }, graceMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

/** The first line, within its bounds of bytes and time; a connection that asks nothing of ours is ended. */
function readQuestion(connection: net.Socket, onQuestion: (question: string) => void): void {
  let text = '';
  const timer = setTimeout(() => connection.destroy(), QUESTION_MS_MAX);
  connection.on('close', () => clearTimeout(timer));
  connection.setEncoding('latin1');
  connection.on('data', (bytes: string) => {
    if (text.includes('\n')) return; // It has asked.
    text += bytes.slice(0, QUESTION_BYTES_MAX);
    const end = text.indexOf('\n');
    if (end === -1 && text.length >= QUESTION_BYTES_MAX) connection.destroy();
    if (end === -1) return;
    clearTimeout(timer);
    onQuestion(text.slice(0, end));
  });
}

/** Never throws. */
async function answer(deps: WakeServerDeps, connection: net.Socket, question: string): Promise<void> {
  const words = await decide(deps, question).then(writeTarget, (error) => refuse(deps, error));
  if (connection.writable) connection.end(`${words}\n`);
}

async function decide({ waker }: WakeServerDeps, question: string): Promise<Target> {
  const [, kind, subject = ''] = QUESTION.exec(question) ?? [];
  if (!kind) throw siteNotFound();
  if (kind === 'host') return waker.wakeHost(subject);
  const siteId = z.uuid().safeParse(subject);
  if (!siteId.success) throw siteNotFound();
  return waker.wake(siteId.data);
}

/** A sentence and a hint for whoever may see them; a fault of ours is for the log alone. */
function refuse({ log }: WakeServerDeps, error: unknown): string {
  if (error instanceof AppError)
    return `no ${JSON.stringify({ code: error.code, message: error.message, hint: error.hint })}`;
  log.error({ err: error instanceof Error ? error : String(error) }, 'a question at the wake socket failed');
  return 'no';
}
