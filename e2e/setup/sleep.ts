// A site that sleeps, as the tests put it there, and as the engine on the host has it.

import http from 'node:http';
import { query } from './database.ts';
import { api, expect, type Site } from './fixtures.ts';
import { SETTINGS } from './host-state.ts';

export type Rest = 'awake' | 'frozen' | 'stopped';

/** Over the API, as the owner; answers when the container is there. */
export async function putToSleep(site: Site, rest: 'frozen' | 'stopped'): Promise<void> {
  expect((await requestSleep(site, rest)).status).toBe(202);
  await expect.poll(() => engineState(site), { timeout: 20_000 }).toBe(rest === 'frozen' ? 'paused' : 'exited');
}

export function requestSleep(site: Site, rest: 'frozen' | 'stopped'): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return api(site, '/sleep', { method: 'POST', headers, body: JSON.stringify({ rest }) });
}

/**
 * As if nobody had come for so many minutes; answers when the container is in this state. The reading that is under way
 * still has the visits from before.
 */
export async function idleUntil(site: Site, minutes: number, state: 'paused' | 'exited'): Promise<void> {
  const since = new Date(Date.now() - minutes * 60_000);
  const sql = 'update "Site" set "activeAt" = $2, "claimedAt" = $2 where name = $1 and "activeAt" > $2';
  const look = async () => {
    await query(sql, [site.name, since]);
    return engineState(site);
  };
  await expect.poll(look, { timeout: 40_000, intervals: [500] }).toBe(state);
}

export async function restOf(site: Site): Promise<Rest> {
  const [row] = await query<{ rest: Rest }>('select rest from "Site" where name = $1', [site.name]);
  return row?.rest ?? 'awake';
}

export async function eventsOf(site: Site): Promise<string[]> {
  const sql = 'select e.kind from "Event" e join "Site" s on s.id = e."siteId" where s.name = $1';
  return (await query<{ kind: string }>(sql, [site.name])).map(({ kind }) => kind);
}

/** The engine's word: running, paused, exited. */
export async function engineState(site: Site): Promise<string> {
  const [row] = await query<{ id: string }>('select id from "Site" where name = $1', [site.name]);
  const filters = encodeURIComponent(JSON.stringify({ label: [`lightkeeper.site=${row?.id}`] }));
  const place = `/containers/json?all=true&filters=${filters}`;
  const text = await new Promise<string>((resolve, reject) => {
    const request = http.get({ socketPath: SETTINGS.paths.engineSocket, path: place, timeout: 10_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (data) => {
        body += data;
      });
      response.on('end', () => resolve(body));
    });
    request.on('error', reject);
  });
  return (JSON.parse(text) as { State: string }[])[0]?.State ?? 'absent';
}
