// The deploy worker's end of the pre-receive hook (workers/git-hooks/pre-receive): one connection is one push. It gets one
// line of JSON and answers `log TEXT` lines as things happen, then `end 0` (git takes the push) or `end 1`.

import { randomBytes } from 'node:crypto';
import { chmod, rm } from 'node:fs/promises';
import net from 'node:net';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import { parseQuarantine } from '../git/confine.ts';
import type { GitDeps } from '../git/deps.ts';
import { planPush } from '../git/refs.ts';
import { repositoryOf } from '../git/site.ts';
import { oneLine } from './clean-text.ts';
import { deploy } from './deploy.ts';
import { heading, indented } from './lines.ts';
import { gitSource } from './source.ts';
import { type LivePush, settlePush, type TakenDeps } from './taken.ts';

export interface HookServerDeps extends TakenDeps {
  git: GitDeps;
}

export interface HookServer {
  /** Takes no more pushes, aborts those that are still under way after the grace, and answers when all have ended. */
  close(graceMs: number): Promise<void>;
}

const OBJECT = z.string().regex(/^[0-9a-f]{40}$/);
const REQUEST = z.object({
  siteId: z.uuid(),
  /** Words in base64url. */
  by: z
    .string()
    .regex(/^[\w-]{0,2000}$/)
    .default(''),
  updates: z.array(z.object({ old: OBJECT, new: OBJECT, ref: z.string().max(300) })).max(20),
  quarantine: z.unknown(),
});
const REQUEST_BYTES_MAX = 32 * 1024;
const REQUEST_MS_MAX = 10_000;

/** Listens on the socket, for its owner and group only. A socket file of an earlier process is replaced. */
export async function serveHook(deps: HookServerDeps, socketPath: string): Promise<HookServer> {
  const pushes = new Map<AbortController, Promise<void>>();
  const server = net.createServer({ allowHalfOpen: true }, (connection) => {
    const gone = new AbortController();
    const push = answer(deps, connection, gone).finally(() => pushes.delete(gone));
    pushes.set(gone, push);
  });
  await rm(socketPath, { force: true });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(socketPath, listening.resolve);
  await listening.promise;
  await chmod(socketPath, 0o660);
  server.on('error', (error) => deps.log.error({ cause: String(error) }, 'the hook socket failed'));
  return {
    async close(graceMs) {
      server.close();
      const timer = setTimeout(() => {
        for (const gone of pushes.keys()) gone.abort(new Error('the worker stops'));
      }, graceMs);
      await Promise.all(pushes.values());
      clearTimeout(timer);
    },
  };
}

/** Never throws. */
async function answer(deps: HookServerDeps, connection: net.Socket, gone: AbortController): Promise<void> {
  connection.on('error', () => gone.abort(new Error('the push was given up')));
  connection.on('close', () => gone.abort(new Error('the push was given up')));
  const say = (line: string) => {
    if (connection.writable) connection.write(`log ${line.replaceAll('\n', ' ')}\n`);
  };
  let verdict = 1;
  let live: LivePush | null = null;
  try {
    const line = await readLine(connection);
    // The hook keeps its end open until it has its answer, so an end means that it is gone.
    connection.on('end', () => gone.abort(new Error('the push was given up')));
    live = await push(deps, line, say, gone.signal);
    verdict = 0;
  } catch (error) {
    for (const line of explain(deps, error)) say(line);
  }
  connection.end(`end ${verdict}\n`);
  setTimeout(() => connection.destroy(), 5_000).unref();
  // Nobody waits for it: if this process ends before, the next one's sweep does it.
  if (live) void settlePush(deps, live);
}

/** Null: nothing of it goes live. */
async function push(
  deps: HookServerDeps,
  line: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<LivePush | null> {
  const request = REQUEST.parse(JSON.parse(line));
  const { deploys, notes } = planPush(request.updates);
  for (const note of notes) say(note);
  if (!deploys) return null;
  const repository = repositoryOf(deps.settings.paths, request.siteId);
  const quarantine = parseQuarantine(repository, request.quarantine) ?? undefined;
  const source = gitSource(deps.git, { repository, commit: deploys.new, quarantine });
  const by = Buffer.from(request.by, 'base64url').toString('utf8');
  const { siteId } = request;
  const asked = { siteId, cause: 'push' as const, by, source, onLine: say, signal, settledLater: true };
  const { deploymentId } = await deploy(deps, asked);
  return { siteId, deploymentId, commit: deploys.new };
}

/** Two lines, what and what to do; a broken invariant is an id to quote, and the log has the rest. */
function explain(deps: HookServerDeps, error: unknown): string[] {
  const cause = error instanceof AppError ? error.cause : error;
  if (error instanceof AppError && (error.code !== 'interrupted' || cause === undefined)) {
    return [heading(`Failed: ${oneLine(error.message)}`), indented(error.hint)];
  }
  const id = randomBytes(4).toString('hex');
  deps.log.error({ id, err: cause instanceof Error ? cause : String(cause) }, 'a push failed');
  if (error instanceof AppError)
    return [heading(`Failed: ${oneLine(error.message)}`), indented(`${error.hint} (${id})`)];
  return [
    heading('Failed: the push could not be worked on, because of a fault on our side.'),
    `       Push again in a minute; if it stays so, tell the operator the number ${id}.`,
  ];
}

/** The first line, within its bounds of bytes and time. */
async function readLine(connection: net.Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  const onData = (bytes: Buffer) => {
    text += bytes.toString('utf8');
    const end = text.indexOf('\n');
    if (end !== -1) resolve(text.slice(0, end));
    else if (text.length > REQUEST_BYTES_MAX) reject(new Error('the hook asked for too much'));
  };
  const onEnd = () => reject(new Error('the hook left without a question'));
  const timer = setTimeout(() => reject(new Error('the hook asked too slowly')), REQUEST_MS_MAX);
  connection.on('data', onData);
  connection.on('end', onEnd);
  connection.on('close', onEnd);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    connection.off('data', onData).off('end', onEnd).off('close', onEnd);
    connection.resume();
  }
}
