// What of its releases a site really has: folders on its disk, supervised services, and running processes, seen as root
// from inside.

import { type Site, ssh } from './fixtures.ts';

export interface Releases {
  folders: number[];
  services: number[];
  /** Releases in whose folder a process works. */
  running: number[];
  /** The one that starts with the container. */
  current: number;
}

const LOOK = `
ls /app/releases | sed 's/^/folder /'
ls /run/services | sed 's/^web-/service /'
readlink /proc/[0-9]*/cwd | sed -n 's|^/app/releases/\\([0-9]*\\).*|running \\1|p' | sort -u
readlink /app/current | sed 's|^releases/|current |'`;

export async function releasesOf(site: Site): Promise<Releases> {
  const { code, stdout, stderr } = await ssh(site, LOOK);
  if (code !== 0) throw new Error(`cannot look into ${site.name}: ${stderr}`);
  const numbers = (kind: string) =>
    stdout
      .split('\n')
      .filter((line) => line.startsWith(`${kind} `))
      .map((line) => Number(line.slice(kind.length + 1)))
      .sort((a, b) => a - b);
  return {
    folders: numbers('folder'),
    services: numbers('service'),
    running: numbers('running'),
    current: numbers('current')[0] ?? Number.NaN,
  };
}
