// Where a repository may be fetched from. Addresses that users type are hostile: see lib/alerts/target.ts for the places
// that are closed; this is what git and curl would read into one. Pure.

import { AppError } from '../errors/app-error.ts';
import { parseRefName } from '../git/refs.ts';

const LENGTH_MAX = 500;
const PORT_MIN = 1_024;
/** What WHATWG's parser and curl's read alike: no user, no trailing dot, nothing that only one of them decodes. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])$/;
const PATH = /^\/[\w./~+@,=%-]+$/;

/** The address as it is kept. Throws `bad-target` with what is wrong with it. */
export function parseRepositoryUrl(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length > LENGTH_MAX) throw badUrl('That address is too long.');
  if (/^(?:[\w.-]+@[\w.-]+:|ssh:|git:)/i.test(trimmed)) {
    throw badUrl('A repository is fetched over https here, not over SSH.');
  }
  const url = URL.canParse(trimmed) && !/[\s\\]/.test(trimmed) ? new URL(trimmed) : null;
  if (!url || !['https:', 'http:'].includes(url.protocol)) throw badUrl('That is not the address of a repository.');
  if (url.username || url.password) {
    throw badUrl(
      'The address has a user or a password in it.',
      'Leave them out: only public repositories are fetched.',
    );
  }
  if (url.search || url.hash) throw badUrl('The address has a question mark or a hash in it.');
  if (!HOST.test(url.hostname) || !PATH.test(url.pathname)) throw badUrl('That is not the address of a repository.');
  const port = Number(url.port || 443);
  if (url.port && port !== 80 && port < PORT_MIN) throw badUrl(`Port ${port} is not one of the web’s.`);
  return url.href.replace(/\/+$/, '');
}

/** A branch's name, or null for the default one. Throws `bad-target`. */
export function parseBranch(text: string | null | undefined): string | null {
  const name = text?.trim() || null;
  if (name === null || parseRefName(`refs/heads/${name}`)) return name;
  throw badUrl('That cannot be the name of a branch.', 'Leave it empty for the repository’s default branch.');
}

/** As a person says it: host and path. */
export function shownUrl(url: string): string {
  return url.replace(/^https?:\/\//, '').replace(/\.git$/, '');
}

export function badUrl(message: string, hint = 'Write one such as https://github.com/someone/something.'): AppError {
  return new AppError('bad-target', { message, hint });
}
