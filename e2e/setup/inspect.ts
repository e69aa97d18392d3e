// What the engine tells about a site's container to whoever may ask it, as text.

import http from 'node:http';
import { query } from './database.ts';
import type { Site } from './fixtures.ts';
import { SETTINGS } from './host-state.ts';

/** As `docker inspect`. */
export async function inspectContainer(site: Site): Promise<string> {
  return ask(`/containers/${await containerOf(site)}/json`);
}

/** The command lines of all that runs in it, as `docker top`. */
export async function processesIn(site: Site): Promise<string> {
  return ask(`/containers/${await containerOf(site)}/top`);
}

async function containerOf(site: Site): Promise<string> {
  const [row] = await query<{ id: string }>('select id from "Site" where name = $1', [site.name]);
  const filters = encodeURIComponent(JSON.stringify({ label: [`lightkeeper.site=${row?.id}`] }));
  const [found] = JSON.parse(await ask(`/containers/json?all=true&filters=${filters}`)) as { Id: string }[];
  if (!found) throw new Error(`${site.name} has no container`);
  return found.Id;
}

function ask(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath: SETTINGS.paths.engineSocket, path, timeout: 10_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (data) => {
        body += data;
      });
      response.on('end', () => resolve(body));
    });
    request.on('error', reject);
  });
}
