// A visitor's git, as the end-to-end tests use it: the real client, what it was told by the site, and when.

import { spawn } from 'node:child_process';
import { type Ran, type RunOptions, run } from './programs.ts';

const VISITOR = ['-c', 'user.name=Visitor', '-c', 'user.email=visitor@example.org', '-c', 'init.defaultBranch=main'];
const MAIN = 'refs/heads/main';
const PUSH_MS_MAX = 120_000;

/** Runs git in a clone, whatever its exit code. */
export function git(clone: string, args: string[], options: RunOptions = {}): Promise<Ran> {
  return run('git', [...VISITOR, ...args], { cwd: clone, ...options });
}

/** Runs a git command that has to succeed; answers its trimmed output. */
export async function mustGit(clone: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await git(clone, args, options);
  if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}\n${stderr}`);
  return stdout.trim();
}

/** What a remote's ref names; empty when it has none of this name. */
export async function remoteCommit(clone: string, ref = MAIN, remote = 'origin'): Promise<string> {
  const line = await mustGit(clone, ['ls-remote', remote, ref]);
  return line.split('\t')[0] ?? '';
}

/** The lines that the site said, without git's "remote: " in front. */
export function remoteLines({ stderr }: Pick<Ran, 'stderr'>): string[] {
  return stderr
    .split(/[\r\n]+/)
    .filter((line) => line.startsWith('remote:'))
    .map((line) => line.replace(/^remote: ?/, '').trimEnd());
}

export interface TimedLine {
  text: string;
  /** Since the start of the push. */
  atMs: number;
}

export interface WatchedPush {
  /** Resolves with the first line of the site that matches; rejects when the push ends without one. */
  line(pattern: RegExp): Promise<TimedLine>;
  ended: Promise<Ran & { lines: TimedLine[]; tookMs: number }>;
}

/** Pushes and notes when each line of the site arrived. */
export function watchPush(clone: string, args: string[] = ['push', 'origin', 'HEAD:main']): WatchedPush {
  const startedAt = performance.now();
  const child = spawn('git', [...VISITOR, ...args], {
    cwd: clone,
    env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: PUSH_MS_MAX,
  });
  const lines: TimedLine[] = [];
  const waiting: { pattern: RegExp; found: PromiseWithResolvers<TimedLine> }[] = [];
  let stderr = '';
  let read = 0;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    const whole = stderr.slice(read, stderr.lastIndexOf('\n') + 1);
    read += whole.length;
    for (const said of remoteLines({ stderr: whole })) {
      const line = { text: said, atMs: performance.now() - startedAt };
      lines.push(line);
      for (const { pattern, found } of waiting) if (pattern.test(said)) found.resolve(line);
    }
  });
  const ended = Promise.withResolvers<Awaited<WatchedPush['ended']>>();
  child.on('error', ended.reject);
  child.on('close', (code) => {
    ended.resolve({ code: code ?? 255, stdout: '', stderr, lines, tookMs: performance.now() - startedAt });
    for (const { pattern, found } of waiting) found.reject(new Error(`no line like ${pattern}:\n${stderr}`));
  });
  return {
    line(pattern) {
      const known = lines.find(({ text }) => pattern.test(text));
      if (known) return Promise.resolve(known);
      const found = Promise.withResolvers<TimedLine>();
      waiting.push({ pattern, found });
      return found.promise;
    },
    ended: ended.promise,
  };
}

/** A tree, then a commit with it, of entries that `git add` would not take; answers the commit. */
export async function commitTree(clone: string, tree: string, parent: string | null): Promise<string> {
  const parents = parent ? ['-p', parent] : [];
  return mustGit(clone, ['commit-tree', tree, ...parents, '-m', 'By hand']);
}

/** A tree with one file of any name, as git stores it (gitformat-pack does not look at names). */
export async function hostileTree(clone: string, name: string): Promise<string> {
  const blob = await mustGit(clone, ['hash-object', '-w', '--stdin'], { input: 'hostile\n' });
  const entry = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')]);
  return mustGit(clone, ['hash-object', '-t', 'tree', '--literally', '-w', '--stdin'], { input: entry });
}
