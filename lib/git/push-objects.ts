// A push that comes from ourselves: the same receive-pack, checks, lock, hook and deployment as one from a git client,
// with a pack that was made here.

import { PassThrough, Writable } from 'node:stream';
import { AppError } from '../errors/app-error.ts';
import type { GitSite } from './conversation.ts';
import type { GitDeps } from './deps.ts';
import { explainPushFailure, type FailureLimits, gitFailed } from './failures.ts';
import { encodePack, type GitObject } from './objects.ts';
import { encodePkt, FLUSH, PktSplitter } from './pkt-line.ts';
import { failureLimits, receivePush } from './receive.ts';
import { MAIN_REF } from './refs.ts';

export interface OwnPush {
  old: string;
  new: string;
  objects: GitObject[];
}

const CAPABILITIES = 'report-status side-band-64k agent=lightkeeper';
const MOVED = 'Another push has changed main';
const FAILED = /^-----> Failed: /;

/** Each line of the deployment as it is said. Throws `main-moved`, or `push-refused` with what refused it. */
export async function pushObjects(
  deps: GitDeps,
  site: GitSite,
  push: OwnPush,
  onLine: (line: string) => void,
): Promise<void> {
  const answer = createReader(onLine);
  const stdin = new PassThrough();
  stdin.write(encodePkt(`${push.old} ${push.new} ${MAIN_REF}\0${CAPABILITIES}`));
  stdin.write(FLUSH);
  stdin.end(encodePack(push.objects));
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  await receivePush(deps, { site, service: 'receive-pack', mode: 'rpc' }, { stdin, stdout: answer.stream, stderr });
  if (!answer.isTaken()) throw refusalOf(answer.lines(), answer.abort(), failureLimits(site));
}

/** Why main did not move, from the lines that a person at a git client would read. Pure. */
export function refusalOf(lines: string[], abort: string, limits: FailureLimits): AppError {
  if (lines.some((line) => line.includes(MOVED))) return mainMoved();
  const at = lines.findLastIndex((line) => FAILED.test(line));
  const ours = at === -1 ? explainPushFailure(limits, lines.join('\n')) : null;
  const [message = '', hint = ''] = at === -1 ? lines.slice(-2) : [lines[at]?.replace(FAILED, ''), lines[at + 1]];
  if (ours) return new AppError('push-refused', { message: ours, hint: '' });
  if (message) return new AppError('push-refused', { message: message.trim(), hint: hint.trim() });
  if (abort) return new AppError('push-refused', { message: abort, hint: '' });
  return gitFailed({ reason: 'an own push was refused without a word' });
}

export function mainMoved(): AppError {
  return new AppError('main-moved', {
    message: 'main has moved: somebody else has committed meanwhile.',
    hint: 'Look at what is new, then commit on top of it. What you wrote is still here.',
  });
}

/** The answer's bands: 2 is text line by line, 1 git's report, 3 its last words. */
function createReader(onLine: (line: string) => void) {
  const splitter = new PktSplitter();
  const lines: string[] = [];
  let text = '';
  let report = '';
  let abort = '';
  const say = (chunk: string) => {
    const whole = (text + chunk).split(/[\r\n]/);
    text = whole.pop() ?? '';
    for (const line of whole) {
      lines.push(line);
      if (lines.length > 50) lines.shift();
      onLine(line);
    }
  };
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      splitter.add(chunk);
      try {
        for (let pkt = splitter.next(); pkt; pkt = splitter.next()) {
          const words = pkt.payload?.toString('utf8', 1) ?? '';
          if (pkt.payload?.[0] === 2) say(words);
          if (pkt.payload?.[0] === 1) report += words;
          if (pkt.payload?.[0] === 3) abort += words;
        }
        done();
      } catch (cause) {
        done(cause as Error);
      }
    },
  });
  return {
    stream,
    lines: () => lines,
    abort: () => abort.trim(),
    isTaken: () => report.includes(`ok ${MAIN_REF}`),
  };
}
