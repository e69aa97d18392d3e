// Where the instance's proxy leads for a site, as its own file says.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BENCH_INSTANCE, type Site } from './instance.ts';

/** `address:port` of the site's container. */
export async function targetOf(site: Pick<Site, 'name'>): Promise<string> {
  const map = await readFile(path.join(BENCH_INSTANCE.LIGHTKEEPER_DATA_DIR, 'run/routes.map'), 'utf8');
  const line = map.split('\n').find((candidate) => candidate.startsWith(`${site.name}.`));
  if (!line) throw new Error(`no route for ${site.name}`);
  return line.split(' ')[1] ?? '';
}

export async function containerAddress(site: Pick<Site, 'name'>): Promise<string> {
  return (await targetOf(site)).split(':')[0] ?? '';
}
