// The image of all containers: a root directory with nothing in it but mount points, the links that a merged-/usr system
// has, an init, and the shell that starts it. It is imported from an archive that is made here, so nothing is pulled; the name carries the content's
// hash, so that a new content is a new image.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { AppError } from '../../errors/app-error.ts';
import { CALL_TIMEOUT_MS, type DockerClient, LONG_CALL_TIMEOUT_MS, statusOf } from './client.ts';
import { type TarEntry, tar } from './tar.ts';

/** Where the init is in the container: outside /usr, so that the tenant's own disk can neither hide nor change it. */
export const SKELETON_INIT = '/.init';
export const SKELETON_SHELL = '/.shell';

const REPOSITORY = 'lightkeeper/skeleton';

/** Static builds of tini, in the places where distributions put them. */
const INIT_PROGRAMS = [
  '/usr/bin/tini-static',
  '/usr/bin/docker-init',
  '/usr/libexec/docker/docker-init',
  '/usr/local/bin/docker-init',
];

const MOUNT_POINTS = [
  '.lightkeeper',
  'app',
  'boot',
  'dev',
  'etc',
  'home',
  'media',
  'mnt',
  'opt',
  'proc',
  'root',
  'run',
  'srv',
  'sys',
  'usr',
  'var',
];

const SHELL_PROGRAM = '/bin/bash-static';

/** The entries of the image, given the init's program and a static shell. */
export function skeletonEntries(init: Buffer, shell: Buffer): TarEntry[] {
  return [
    ...MOUNT_POINTS.map((path): TarEntry => ({ kind: 'directory', path, mode: 0o755 })),
    // A tmpfs gets the mode of the directory it covers.
    { kind: 'directory', path: 'tmp', mode: 0o1777 },
    ...['bin', 'sbin', 'lib', 'lib64'].map((path): TarEntry => ({ kind: 'link', path, target: `usr/${path}` })),
    { kind: 'file', path: SKELETON_INIT.slice(1), mode: 0o755, content: init },
    { kind: 'file', path: SKELETON_SHELL.slice(1), mode: 0o755, content: shell },
  ];
}

export interface Skeleton {
  /** The image's name, for `create`. */
  image: string;
  archive: Buffer;
}

/** Throws `setup-failed` when the host has no static tini or no static shell. */
export async function readSkeleton(): Promise<Skeleton> {
  const init = await readFirst(INIT_PROGRAMS);
  const shell = await readFirst([SHELL_PROGRAM]);
  if (!init) throw notInstalled('tini-static', 'tini');
  if (!shell) throw notInstalled('bash-static', 'bash-static');
  const archive = tar(skeletonEntries(init, shell));
  return { image: `${REPOSITORY}:${createHash('sha256').update(archive).digest('hex').slice(0, 16)}`, archive };
}

async function readFirst(programs: string[]): Promise<Buffer | null> {
  for (const program of programs) {
    const content = await readFile(program).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return null;
    });
    if (content) return content;
  }
  return null;
}

function notInstalled(program: string, name: string): AppError {
  return new AppError('setup-failed', {
    message: `The program ${program}, which starts in every container, is not installed.`,
    hint: `Install the Debian package ${name} and start again.`,
  });
}

/** Imports the image unless the engine has it. */
export async function ensureSkeleton(client: DockerClient, { image, archive }: Skeleton): Promise<void> {
  try {
    await client.call('image inspect', () => client.docker.getImage(image).inspect(), CALL_TIMEOUT_MS);
    return;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
  const [repo, tag] = image.split(':');
  const importing = async (abortSignal: AbortSignal) => {
    const answer = await client.docker.importImage(Readable.from([archive]), { repo, tag, abortSignal });
    // The engine reports failures in the stream; the inspect below is what counts.
    for await (const _ of answer);
  };
  await client.call('image import', importing, LONG_CALL_TIMEOUT_MS);
  await client.call('image inspect', () => client.docker.getImage(image).inspect());
}
