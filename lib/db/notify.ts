// PostgreSQL NOTIFY as the bell between processes: a hint to look, never the truth. One listening connection a process.

import { Client } from 'pg';
import type { Log } from '../log.ts';
import type { Db, Transaction } from './client.ts';

/**
 * `site`: something about this site changed. `routes`: the proxy should look. `network`: the firewall was made anew.
 * `domains`: somebody waits for a look at DNS.
 */
export type Channel = 'site' | 'routes' | 'network' | 'domains';

const RECONNECT_MS_MAX = 5_000;

/** Rings; within a transaction, at its commit. The payload is a site's id or empty. */
export async function notify(db: Db | Transaction, channel: Channel, payload = ''): Promise<void> {
  await db.$executeRaw`select pg_notify(${`lightkeeper_${channel}`}, ${payload})`;
}

/** One ring for each payload, with one statement. */
export async function notifyAll(db: Db | Transaction, channel: Channel, payloads: string[]): Promise<void> {
  await db.$executeRaw`select pg_notify(${`lightkeeper_${channel}`}, payload) from unnest(${payloads}::text[]) as payload`;
}

/**
 * Listens until the returned function is called. After a lost connection it comes back with backoff and calls
 * `onReconnect`, because what rang in between was not heard.
 */
export function listen(
  databaseUrl: string,
  handlers: Partial<Record<Channel, (payload: string) => void>>,
  log: Log,
  onReconnect: () => void = () => {},
): () => Promise<void> {
  let stopped = false;
  let client: Client | null = null;
  let wake: () => void = () => {};

  const run = async () => {
    for (let attempt = 0; !stopped; attempt += 1) {
      const ended = Promise.withResolvers<void>();
      const current = new Client({ connectionString: databaseUrl, keepAlive: true });
      client = current;
      current.on('error', () => ended.resolve());
      current.on('end', () => ended.resolve());
      current.on('notification', ({ channel, payload }) => {
        handlers[channel.replace('lightkeeper_', '') as Channel]?.(payload ?? '');
      });
      try {
        await current.connect();
        for (const channel of Object.keys(handlers)) await current.query(`listen "lightkeeper_${channel}"`);
        if (attempt > 0) onReconnect();
        attempt = 0;
        await ended.promise;
      } catch (cause) {
        log.warn({ cause: String(cause) }, 'cannot listen to the database; trying again');
      }
      await current.end().catch(() => {});
      if (stopped) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, Math.min(100 * 2 ** attempt, RECONNECT_MS_MAX));
      });
    }
  };
  const running = run();
  return async () => {
    stopped = true;
    wake();
    await client?.end().catch(() => {});
    await running;
  };
}
