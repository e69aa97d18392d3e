// Why a release did not become live, as one sentence with its numbers and the next step. Pure.

import { formatBytes } from '../bytes.ts';
import { AppError } from '../errors/app-error.ts';
import type { CheckResult } from './check.ts';
import { plainText } from './clean-text.ts';
import { formatDuration } from './lines.ts';
import type { Death, ReleaseFailure } from './release.ts';

export interface ReleaseLimits {
  diskBytesMax: number;
  memoryBytesMax: number;
  pidsMax: number;
  buildMinutes: number;
  /** What is used of the disk that all sites share, once that is nearly full. */
  fullPool: () => string | null;
}

const TIMED_OUT = 124;
const KILLED = 137;
const STILL_SERVES = 'What was live before still serves.';

/** `lines`: the last output of the tenant's programs, in which the kernel's refusals can be seen. */
export function explainFailure(failure: ReleaseFailure, lines: string[], limits: ReleaseLimits): AppError {
  const { step, code } = failure;
  const text = lines.slice(-30).map(plainText).join('\n');
  const refused = explainRefusal(text, limits);
  const details = { step, code };
  if (step === 'missing') {
    return new AppError('no-earlier-release', {
      message: 'That release is no longer on the disk.',
      hint: 'Choose a newer one, or push its commit again.',
      details,
    });
  }
  if (refused) return new AppError(refused.code, { ...refused, details });
  if (step === 'time' || code === TIMED_OUT) {
    return new AppError('build-failed', {
      message: `${STEP_NAMES[step] ?? 'The build'} took longer than the ${limits.buildMinutes} minutes that one may.`,
      hint: `Make it smaller, or do a part of it before the push. ${STILL_SERVES}`,
      details,
    });
  }
  if (code === KILLED) {
    return new AppError('build-failed', {
      message: `${STEP_NAMES[step] ?? 'The build'} was killed: it needed more memory than the ${formatBytes(limits.memoryBytesMax)} of the site.`,
      hint: `Build with less memory, or build before the push and commit the result. ${STILL_SERVES}`,
      details,
    });
  }
  if (step === 'lost' && (code === 126 || code === 127)) {
    return new AppError('site-not-ready', {
      message:
        "The site's own system cannot run the deployment: /bin/sh or another basic program is missing or broken.",
      hint: 'Repair it over SSH, for example with `apt-get install --reinstall dash coreutils tar s6`.',
      details,
    });
  }
  const sentence = FAILURES[step];
  return new AppError(sentence ? sentence.code : 'interrupted', {
    message: sentence?.message ?? 'The deployment was interrupted inside the site.',
    hint: sentence?.hint ?? `Push again. ${STILL_SERVES}`,
    details,
  });
}

const STEP_NAMES: Partial<Record<ReleaseFailure['step'], string>> = {
  install: 'Installing the dependencies',
  build: 'The build',
  check: 'Checking the files',
};

const FAILURES: Partial<
  Record<
    ReleaseFailure['step'],
    { code: 'build-failed' | 'check-failed' | 'site-not-ready'; message: string; hint: string }
  >
> = {
  unpack: {
    code: 'build-failed',
    message: "The files could not be unpacked on the site's disk.",
    hint: `The lines above say why; correct it over SSH and push again. ${STILL_SERVES}`,
  },
  install: {
    code: 'build-failed',
    message: 'The dependencies could not be installed.',
    hint: `The lines above are the installer's own; correct the list of dependencies and push again. ${STILL_SERVES}`,
  },
  build: {
    code: 'build-failed',
    message: 'The build failed.',
    hint: `The lines above are its own; correct it and push again. ${STILL_SERVES}`,
  },
  check: {
    code: 'build-failed',
    message: 'A Python file has a syntax error.',
    hint: `The lines above name the file and the line; correct it and push again. ${STILL_SERVES}`,
  },
  start: {
    code: 'site-not-ready',
    message: "The site's process supervisor does not take the new release.",
    hint: 'Restart the site on its page, then push again.',
  },
  prepare: {
    code: 'build-failed',
    message: "The release could not be made the live one on the site's disk.",
    hint: `See over SSH whether /app/current can be written, and push again. ${STILL_SERVES}`,
  },
};

interface Refusal {
  code: 'disk-full' | 'build-failed';
  message: string;
  hint: string;
}

/** What the kernel said no to, in the words that programs pass on. */
function explainRefusal(text: string, limits: ReleaseLimits): Refusal | null {
  const used = /disk quota exceeded|EDQUOT|no space left on device|ENOSPC/i.test(text) ? limits.fullPool() : null;
  if (used) {
    return {
      code: 'disk-full',
      message: `The machine's disk is nearly full: ${used}.`,
      hint: `Push again in a few minutes; the operator has been told. ${STILL_SERVES}`,
    };
  }
  if (/disk quota exceeded|EDQUOT/i.test(text)) {
    return {
      code: 'disk-full',
      message: `The disk is full: the release does not fit into what is left of its ${formatBytes(limits.diskBytesMax)}.`,
      hint: `Delete something over SSH (\`rm\`; emptying a file is not enough), or a checkpoint on the site's page, then push again. ${STILL_SERVES}`,
    };
  }
  if (/no space left on device|ENOSPC/i.test(text)) {
    return {
      code: 'disk-full',
      message: `The disk (${formatBytes(limits.diskBytesMax)}) or the memory behind /tmp and /run is full.`,
      hint: `See which with \`df -h\` over SSH, delete something there, then push again. ${STILL_SERVES}`,
    };
  }
  if (/resource temporarily unavailable|cannot fork|can't start new thread|EAGAIN/i.test(text)) {
    return {
      code: 'build-failed',
      message: `The site has no free process slots (limit ${limits.pidsMax}).`,
      hint: `End some processes over SSH or restart the site on its page, then push again. ${STILL_SERVES}`,
    };
  }
  return null;
}

/** Why the new process was not taken; null when it is healthy. */
export function explainCheck(result: CheckResult, port: number, limits: ReleaseLimits): AppError | null {
  switch (result.kind) {
    case 'healthy':
      return null;
    case 'died':
      return explainDeath(result.death, limits);
    case 'lost':
      return new AppError('interrupted', {
        message: 'The deployment was interrupted inside the site: its container stopped, or the script was killed.',
        hint: 'Push again; if it stays so, restart the site on its page.',
      });
    case 'error-status':
      return new AppError('check-failed', {
        message: `The new release answers / with ${result.status}.`,
        hint: `Any status below 500 is fine; the app's own lines above say what went wrong. ${STILL_SERVES}`,
      });
    case 'silent':
      return new AppError('check-failed', {
        message: `The new release does not answer http on port ${port} after ${formatDuration(result.tookMs)}: ${result.fault}.`,
        hint: `Listen on host 0.0.0.0 (not 127.0.0.1) and on the port in the environment variable PORT. ${STILL_SERVES}`,
      });
  }
}

function explainDeath({ code, signal }: Death, limits: ReleaseLimits): AppError {
  const how =
    signal === 9 && code >= 256
      ? `was killed before it answered, most likely because it needed more than the ${formatBytes(limits.memoryBytesMax)} of memory`
      : code >= 256
        ? `was ended by signal ${signal} before it answered`
        : `ended with exit code ${code} before it answered`;
  const hint =
    code === 0
      ? `A web process must keep running and serve http on the port in PORT. ${STILL_SERVES}`
      : code === 127
        ? `The command was not found: see its spelling, and that its package is among the dependencies. ${STILL_SERVES}`
        : `Its last lines are above; correct it and push again. ${STILL_SERVES}`;
  return new AppError('check-failed', { message: `The new release ${how}.`, hint });
}
