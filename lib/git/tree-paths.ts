// Which names and links a commit may have to be unpacked into a site. Pure. Git's fsck refuses most of the hostile ones
// at the push; this is the second look, before anything is written anywhere.

import path from 'node:path';
import { AppError } from '../errors/app-error.ts';
import { plainText } from './plain-text.ts';

const PATH_BYTES_MAX = 4_096;
const NAME_BYTES_MAX = 255;

/** `.git` as HFS+ and NTFS would also read it (git's own list: CVE-2014-9390 and after). */
const GIT_DIRECTORY = /^(?:\.git|git~1)[ .]*(?::.*)?$/i;
const IGNORED_BY_FILESYSTEMS = /[\u200C-\u200F\u202A-\u202E\u206A-\u206F\uFEFF]/g;

/** Throws `push-refused` with the path and the reason. */
export function checkPath(name: string): void {
  const reason = findPathFault(name);
  if (!reason) return;
  throw refusedPath(name, reason);
}

function findPathFault(name: string): string | null {
  if (name.startsWith('/')) return 'is absolute';
  if (Buffer.byteLength(name) > PATH_BYTES_MAX) return `is longer than ${PATH_BYTES_MAX.toLocaleString('en-US')} bytes`;
  if (/\p{Cc}/u.test(name)) return 'has control characters';
  for (const part of name.split('/')) {
    if (part === '' || part === '.' || part === '..') return 'has an empty, "." or ".." part';
    if (GIT_DIRECTORY.test(part.replace(IGNORED_BY_FILESYSTEMS, ''))) return 'has a part that means ".git"';
    if (Buffer.byteLength(part) > NAME_BYTES_MAX) return `has a name longer than ${NAME_BYTES_MAX} bytes`;
  }
  return null;
}

/**
 * A link may lead to another place of the same commit. `..` counts only at the start of its target: after a name it
 * would be relative to wherever that name leads. Throws `push-refused`.
 */
export function checkLink(name: string, target: string): void {
  const outside = path.posix.join(path.posix.dirname(name), target).split('/')[0] === '..';
  const steps = target.split('/').filter((part) => part !== '' && part !== '.');
  const turnsBack = steps.some((part, index) => part === '..' && index > 0 && steps[index - 1] !== '..');
  if (target !== '' && !target.startsWith('/') && !target.includes('\0') && !outside && !turnsBack) return;
  throw refusedPath(name, 'is a link that leads out of the repository');
}

export function refusedPath(name: string, reason: string): AppError {
  return new AppError('push-refused', {
    message: `The path "${plainText(name, 80)}" ${reason}.`,
    hint: 'Remove or rename it, commit, and push again.',
  });
}
