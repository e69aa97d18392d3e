// A push: read what it wants, refuse what may not be, take the site's lock and a slot, let native git check and store
// the objects. Git asks the hook, the hook asks the deploy worker, and what they say streams back.

import { findFullPool } from '../disk/full-pool.ts';
import { AppError } from '../errors/app-error.ts';
import { LOCK_TAKEN } from './confine.ts';
import { type GitRequest, type GitSite, type GitStreams, write } from './conversation.ts';
import type { GitDeps } from './deps.ts';
import {
  explainPushFailure,
  type FailureLimits,
  gitFailed,
  hostBusy,
  pushBusy,
  tookTooLong,
  tooSlow,
} from './failures.ts';
import { type GitEnd, type GitProcess, startGit } from './process.ts';
import { type PushCommands, readPushCommands } from './push-commands.ts';
import { hasBands, ReportFilter, renderAbort, renderRefusal } from './push-report.ts';
import { type PushPlan, planPush } from './refs.ts';
import { pump, pumpIn, pumpOut } from './streams.ts';
import { sweepRepository, sweepUnlocked } from './sweep.ts';

/** Serves one push, or the list of refs before it. Throws what the client must be told outside of a report. */
export async function receivePush(deps: GitDeps, request: GitRequest, streams: GitStreams): Promise<number> {
  if (request.mode === 'advertise') return advertise(deps, request, streams);
  return request.mode === 'ssh' ? converse(deps, request, streams) : answer(deps, request, streams);
}

async function advertise(deps: GitDeps, request: GitRequest, streams: GitStreams): Promise<number> {
  const git = start(deps, request);
  const flow = pump(git, streams);
  const end = await git.ended;
  await flow.drained();
  if (end.code !== 0 && flow.bytesOut() === 0) throw gitFailed({ ...end });
  return end.code;
}

/** Over HTTP the commands come first, and a refusal needs no git. */
async function answer(deps: GitDeps, request: GitRequest, streams: GitStreams): Promise<number> {
  const commands = await readPushCommands(streams.stdin, deps.bounds.idleMs);
  if (!commands) return 1;
  const plan = tryPlan(commands);
  if (plan instanceof AppError) return refuse(streams, commands, plan);
  const git = start(deps, request);
  const push = {
    ...follow(deps, request, streams, git, { afterRefs: false, notes: () => notesOf(plan) }),
    git,
    commands,
    plan,
  };
  return feed(deps, request, streams, push);
}

/** Over SSH one process tells the refs and takes the push, so the lock comes first. */
async function converse(deps: GitDeps, request: GitRequest, streams: GitStreams): Promise<number> {
  const git = start(deps, request);
  if (!(await git.locked)) throw startFailure(await git.ended);
  let notes: string[] = [];
  const followed = follow(deps, request, streams, git, { afterRefs: true, notes: () => notes });
  try {
    const commands = await Promise.race([
      readPushCommands(streams.stdin, deps.bounds.idleMs),
      git.ended.then((end) => Promise.reject(endError(deps, request, end))),
    ]);
    if (!commands) return 1;
    const plan = tryPlan(commands);
    if (plan instanceof AppError) return await refuse(streams, commands, plan);
    notes = notesOf(plan);
    return await feed(deps, request, streams, { ...followed, git, commands, plan });
  } catch (cause) {
    // The refs have been told, so the protocol has no place for words; OpenSSH shows this stream as it is.
    const error = cause instanceof AppError ? cause : gitFailed({ cause: String(cause) });
    deps.log.info({ siteId: request.site.id, details: error.details }, error.message);
    await write(streams.stderr, `${error.message} ${error.hint}\n`);
    return 1;
  } finally {
    git.stop();
    await git.ended;
  }
}

function tryPlan(commands: PushCommands): PushPlan | AppError {
  try {
    return planPush(commands.updates);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** With main in the push, the deploy worker says them, in their place in its log. */
function notesOf({ deploys, notes }: PushPlan): string[] {
  return deploys ? [] : notes;
}

async function refuse(streams: GitStreams, commands: PushCommands, error: AppError): Promise<number> {
  streams.stdin.resume();
  await write(streams.stdout, renderRefusal(commands, error));
  return 1;
}

/** Lets git's answer go to the client, with our lines in it. */
function follow(
  deps: GitDeps,
  { site }: GitRequest,
  streams: GitStreams,
  git: GitProcess,
  options: { afterRefs: boolean; notes: () => string[] },
) {
  const explain = (text: string) => {
    deps.log.info({ siteId: site.id, text: text.slice(-500) }, 'git did not take a pack');
    return explainPushFailure(failureLimits(site), text);
  };
  const report = new ReportFilter({ ...options, explain });
  return { report, flow: pumpOut(git, streams, report) };
}

type Push = ReturnType<typeof follow> & { git: GitProcess; commands: PushCommands; plan: PushPlan };

/** Gives git the push, once it is its turn, and sees it to its end. */
async function feed(deps: GitDeps, request: GitRequest, streams: GitStreams, push: Push): Promise<number> {
  const { git, commands } = push;
  if (!(await git.locked)) return refuse(streams, commands, startFailure(await git.ended));
  git.touch();
  const release = await deps.pushes.take(request.site.owner, git);
  try {
    if (!release) {
      git.stop();
      await git.ended;
      return await refuse(streams, commands, hostBusy());
    }
    // A deployment may take minutes and no memory of git's; the lock keeps other pushes of this site away meanwhile.
    git.onHook(release);
    await sweepRepository(request.site.repository);
    git.stdin.write(commands.received);
    pumpIn(git, streams);
    const end = await git.ended;
    await push.flow.drained();
    return await conclude(deps, request, streams, push, end);
  } finally {
    release?.();
  }
}

async function conclude(
  deps: GitDeps,
  request: GitRequest,
  { stdout, signal }: GitStreams,
  { commands, plan, report, git }: Push,
  end: GitEnd,
): Promise<number> {
  const { site } = request;
  if (end.code === 0 && plan.deploys && report.reported && !git.reachedHook() && !report.unpackFailed) {
    deps.log.error({ siteId: site.id }, 'a push to main ended without asking the hook');
  }
  if (end.code === 0) return 0;
  if (end.code > 128) await sweepUnlocked(deps, site.repository);
  if (report.reported || signal?.aborted) return end.code;
  const error = endError(deps, request, end);
  deps.log.warn({ siteId: site.id, ...end }, error.message);
  if (hasBands(commands)) await write(stdout, renderAbort(error));
  return end.code;
}

function endError({ bounds }: GitDeps, { site }: GitRequest, end: GitEnd): AppError {
  if (end.expired === 'slow') return tooSlow();
  if (end.expired) return tookTooLong(end.expired, end.expired === 'idle' ? bounds.idleMs : bounds.pushMs);
  const sentence = explainPushFailure(failureLimits(site), end.code === 137 ? 'died of signal 9' : end.stderr);
  return sentence ? new AppError('push-refused', { message: sentence, hint: '' }) : gitFailed({ ...end });
}

/** What the sentences about a failure name. */
export function failureLimits({ pushBytesMax, repository }: GitSite): FailureLimits {
  return { pushBytesMax, fullPool: () => findFullPool(repository) };
}

function startFailure(end: GitEnd): AppError {
  return end.code === LOCK_TAKEN ? pushBusy() : gitFailed({ ...end });
}

function start(deps: GitDeps, { site, mode, by = '' }: GitRequest): GitProcess {
  const { bounds, confinement } = deps;
  const how = { advertise: ['--stateless-rpc', '--http-backend-info-refs'], rpc: ['--stateless-rpc'], ssh: [] }[mode];
  return startGit(
    confinement,
    {
      args: ['receive-pack', ...how, site.repository],
      repository: site.repository,
      ...(mode === 'advertise' ? {} : { lock: { waitSeconds: bounds.lockWaitSeconds } }),
      config: { 'receive.maxInputSize': String(site.pushBytesMax) },
      env: {
        LIGHTKEEPER_HOOK_SOCKET: deps.hookSocket,
        LIGHTKEEPER_SITE_ID: site.id,
        // Tenant's words, in letters that the hook can put into its question as they are.
        LIGHTKEEPER_BY: Buffer.from(by).toString('base64url'),
      },
    },
    { idleMs: bounds.idleMs, totalMs: bounds.pushMs, hookMs: bounds.hookMs },
  );
}
