// Git's and curl's words about a repository elsewhere, read once, here, and said again as one sentence and a next step. Pure.

import { formatBytes } from '../bytes.ts';
import { AppError } from '../errors/app-error.ts';
import type { GitEnd } from '../git/process.ts';
import { shownUrl } from './url.ts';

export interface Asked {
  url: string;
  branch: string | null;
  bytesMax: number;
}

type Say = (asked: Asked, fullPool: string | null) => [message: string, hint: string];

const CHECK = 'Check the address in a browser, then fetch again.';

/** The first that matches counts, so the more certain come first. */
const WORDS: [RegExp, Say][] = [
  [
    /disk quota exceeded|no space left on device/i,
    (_asked, fullPool) =>
      fullPool
        ? [`The machine’s disk is nearly full: ${fullPool}.`, 'Fetch again in a few minutes.']
        : ['The site’s disk is full.', 'Delete files over SSH, then fetch again.'],
  ],
  [
    /couldn't find remote ref|no such ref was fetched/i,
    ({ branch }) => [`The repository has no branch ${branch ?? 'of its default name'}.`, 'Name one that it has.'],
  ],
  [
    /could not read (?:username|password)|authentication failed|returned error: 40[13]/i,
    ({ url }) => [
      `${shownUrl(url)} is private, or there is no such repository.`,
      'Only public repositories are fetched. Clone it on your machine and push it to the site’s git address.',
    ],
  ],
  [
    /repository .* not found|returned error: 404|not valid: is this a git repository|invalid .*server response/i,
    ({ url }) => [`There is no repository at ${shownUrl(url)}.`, CHECK],
  ],
  [
    /returned error: 3\d\d/i,
    ({ url }) => [
      `${shownUrl(url)} answers that the repository is at another address.`,
      'Use that one: redirects are not followed.',
    ],
  ],
  [/returned error: 5\d\d/i, ({ url }) => [`${shownUrl(url)} has a fault of its own.`, 'Fetch again later.']],
  [/certificate|SSL|TLS/i, ({ url }) => [`${shownUrl(url)} has no certificate that is trusted here.`, CHECK]],
  [
    /could not resolve|failed to connect|connection refused|couldn't connect|timed out|operation too slow|empty reply|reset by peer/i,
    ({ url }) => [`${shownUrl(url)} does not answer.`, CHECK],
  ],
  [
    /fsck error|error in object|object \S+: \w+:/i,
    () => ['The repository has an object that git’s own checks refuse.', 'Run `git fsck` in a clone to find it.'],
  ],
  [
    /out of memory|malloc failed|cannot allocate|signal 9/i,
    () => ['The repository unpacks to more than the memory that git has here.', 'Leave very large files out of it.'],
  ],
  [
    // All that git says when the file of the pack reaches its limit.
    /invalid index-pack output|signal 25|file too large/i,
    ({ bytesMax }) => [
      `The repository is larger than the ${formatBytes(bytesMax)} that one push may have.`,
      'Clone it on your machine, and push its history in smaller steps or without large files.',
    ],
  ],
];

/** `fullPool`: what is used of the disk that all sites share, once that is nearly full. */
export function explainFetch(asked: Asked, end: GitEnd, fullPool: string | null = null): AppError {
  if (end.expired) {
    return unfetched('The repository did not come in time.', 'Fetch again; if it is large, clone it and push it.', end);
  }
  const found = WORDS.find(([pattern]) => pattern.test(end.stderr));
  const [message, hint] = found?.[1](asked, fullPool) ?? [`${shownUrl(asked.url)} could not be fetched.`, CHECK];
  return unfetched(message, hint, end);
}

/** Whether the same address with `.git` at its end may be what was meant: some hosts answer so. */
export function isElsewhere(end: GitEnd): boolean {
  return /returned error: 3\d\d|unable to update url base from redirection/i.test(end.stderr);
}

export function emptyRepository({ url }: Asked): AppError {
  return unfetched(`${shownUrl(url)} is empty.`, 'Push something to it, then fetch again.');
}

export function ownCommits(): AppError {
  return unfetched(
    'main has commits of its own that the repository does not have.',
    'Push them there first; or take main back with `git push --force`, then fetch again.',
  );
}

function unfetched(message: string, hint: string, end?: GitEnd): AppError {
  return new AppError('not-fetched', { message, hint, details: { ...end } });
}
