// Git's own words about a failure, read once, here, and said again as one sentence with its number and the next step.

import { formatBytes } from '../bytes.ts';
import { AppError } from '../errors/app-error.ts';

export interface FailureLimits {
  pushBytesMax: number;
  /** What is used of the disk that all sites share, once that is nearly full. */
  fullPool: () => string | null;
}

type Explain = (limits: FailureLimits, text: string) => string;

const UNCHANGED = 'Nothing was changed.';

/** The first that matches counts, so the more certain come first. */
const EXPLANATIONS: [RegExp, Explain][] = [
  [
    /exceeds maximum allowed size/i,
    ({ pushBytesMax }) =>
      `The push is larger than the ${formatBytes(pushBytesMax)} that one push may have. ${UNCHANGED} ` +
      'Leave large files out of git (see .gitignore), or push the history in smaller steps.',
  ],
  [
    // The last is all that git says when a push meets a disk without room for a directory.
    /disk quota exceeded|no space left on device|EDQUOT|ENOSPC|unable to create temporary object directory/i,
    ({ fullPool }) => {
      const used = fullPool();
      return used
        ? `The machine's disk is nearly full: ${used}. ${UNCHANGED} Push again in a few minutes; the operator has been told.`
        : `The site's disk is full. ${UNCHANGED} Delete files over SSH, then push again.`;
    },
  ],
  [
    /out of memory|malloc failed|mmap failed|cannot allocate|died of signal 9|unable to create thread/i,
    () =>
      `The push unpacks to more than the memory that git has here. ${UNCHANGED} ` +
      'Leave very large files out of git, and push again.',
  ],
  [
    /(?:error|fatal):.*\b(hasDot|hasDotdot|hasDotgit|fullPathname|emptyName|git\w+(?:Url|Name|Path)|nullSha1|treeNotSorted|duplicateEntries)\b/,
    (_limits, text) =>
      `The push has an object that git's own checks refuse${quoteCheck(text)}, such as a file named ".git" or "..". ${UNCHANGED} ` +
      'Run `git fsck` in your repository to find it.',
  ],
  [
    /fsck error|error in object|object \S+: \w+:/i,
    (_limits, text) =>
      `The push has an object that git's own checks refuse${quoteCheck(text)}. ${UNCHANGED} Run \`git fsck\` in your repository to find it.`,
  ],
  [
    /early EOF|unexpected disconnect|hung up unexpectedly|read error/i,
    () => `The connection ended before the whole push had come. ${UNCHANGED} Push again.`,
  ],
];

/** The sentence for a pack that git did not take, or null when its words are not known. */
export function explainPushFailure(limits: FailureLimits, text: string): string | null {
  const explanation = EXPLANATIONS.find(([pattern]) => pattern.test(text));
  return explanation ? explanation[1](limits, text) : null;
}

function quoteCheck(text: string): string {
  const check = /object [0-9a-f]{40}: (\w+):/.exec(text)?.[1];
  return check ? ` (${check})` : '';
}

export function pushBusy(): AppError {
  return new AppError('deployment-running', {
    message: 'Another push to this site is still under way.',
    hint: 'Wait until it has ended, then push again.',
  });
}

export function hostBusy(): AppError {
  return new AppError('site-not-ready', {
    message: 'This server is busy with other pushes and clones.',
    hint: 'Try again in half a minute.',
  });
}

export function repositoryAway(): AppError {
  return new AppError('site-not-ready', {
    message: 'The site is being started, and its repository is not in place yet.',
    hint: 'Try again in half a minute.',
  });
}

export function tooSlow(): AppError {
  return new AppError('interrupted', {
    message: 'Others wait to push or clone, and this one came too slowly, so it was ended.',
    hint: 'Nothing was changed. Try again in a minute.',
  });
}

export function tookTooLong(kind: 'idle' | 'total', milliseconds: number): AppError {
  const time =
    milliseconds >= 120_000
      ? `${Math.round(milliseconds / 60_000)} minutes`
      : `${Math.round(milliseconds / 1000)} seconds`;
  return new AppError('interrupted', {
    message:
      kind === 'idle'
        ? `Nothing moved for ${time}, so the connection was ended.`
        : `It took longer than ${time} and was ended.`,
    hint: 'Nothing was changed. Try again; if it is a large push, push the history in smaller steps.',
  });
}

export function gitFailed(details: Record<string, unknown>): AppError {
  return new AppError('interrupted', {
    message: 'Git ended before it was done.',
    hint: 'Try again. If it happens again, the operator finds the reason in the log of the git worker.',
    details,
  });
}
