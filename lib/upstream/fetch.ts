// Fetches a repository from elsewhere into a site's: native git, confined, over https and nothing else, to the address
// that was checked and no other (curloptResolve), without redirects, hooks, submodules or credentials.

import { ownAddresses, resolveTarget } from '../alerts/resolve.ts';
import { type AddressRules, hostOf, isOpenAddress } from '../alerts/target.ts';
import { findFullPool } from '../disk/full-pool.ts';
import type { GitRun } from '../git/confine.ts';
import type { GitDeps } from '../git/deps.ts';
import { type GitEnd, startGit } from '../git/process.ts';
import { parseRefName } from '../git/refs.ts';
import { type Asked, emptyRepository, explainFetch, isElsewhere } from './failures.ts';
import { badUrl } from './url.ts';

/** Hidden from every client of the site's repository. */
export const UPSTREAM_REF = 'refs/lightkeeper/upstream';

export interface Found {
  /** The address that answered: with `.git` where the host wants it. */
  url: string;
  branch: string;
  commit: string;
}

export interface FetchDeps {
  git: GitDeps;
  /** CIDR that are open although they are private. */
  allow: string[];
}

const LIST_MS_MAX = 20_000;
const FETCH_MS_MAX = 4 * 60_000;
const LIST_BYTES_MAX = 4 * 1024 ** 2;

/** What the branch is there now. Throws `bad-target` at a closed address, `not-fetched` with what the host says. */
export async function findUpstream(deps: FetchDeps, repository: string, asked: Asked): Promise<Found> {
  const { end, out } = await list(deps, repository, asked.url);
  if (end.code === 0) return parseList(out, asked);
  if (!isElsewhere(end) || asked.url.endsWith('.git')) throw explainFetch(asked, end);
  const url = `${asked.url}.git`;
  const again = await list(deps, repository, url);
  if (again.end.code !== 0) throw explainFetch(asked, again.end);
  return parseList(again.out, { ...asked, url });
}

/** Brings its objects into the repository, checked, within the size of a push. `onProgress` gets git's own lines. */
export async function fetchUpstream(
  deps: FetchDeps,
  repository: string,
  asked: Asked,
  found: Found,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const args = [
    'fetch',
    '--progress',
    '--no-tags',
    '--no-recurse-submodules',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    '--force',
  ];
  const refspec = `+refs/heads/${found.branch}:${UPSTREAM_REF}`;
  const run = await planFetch(deps, repository, found.url, [...args, '--', found.url, refspec]);
  const git = startGit(
    deps.git.confinement,
    { ...run, fileBytesMax: asked.bytesMax },
    { idleMs: deps.git.bounds.idleMs, totalMs: FETCH_MS_MAX, hookMs: FETCH_MS_MAX },
  );
  signal.addEventListener('abort', git.stop, { once: true });
  git.stdin.end();
  git.stdout.resume();
  git.stderr.on('data', (text: Buffer) => sayProgress(text.toString('utf8'), onProgress));
  const end = await git.ended.finally(() => signal.removeEventListener('abort', git.stop));
  signal.throwIfAborted();
  if (end.code !== 0) throw explainFetch(asked, end, findFullPool(repository));
}

async function list(deps: FetchDeps, repository: string, url: string): Promise<{ end: GitEnd; out: string }> {
  const run = await planFetch(deps, repository, url, ['ls-remote', '--symref', '--', url, 'HEAD', 'refs/heads/*']);
  const git = startGit(deps.git.confinement, run, { idleMs: LIST_MS_MAX, totalMs: LIST_MS_MAX, hookMs: LIST_MS_MAX });
  let out = '';
  git.stdin.end();
  git.stdout.on('data', (text: Buffer) => {
    out += text.toString('utf8');
    if (out.length > LIST_BYTES_MAX) git.stop();
  });
  git.stdout.resume();
  return { end: await git.ended, out };
}

/** The name is looked up here, once, and curl is told the answer: a second one of its server cannot lead elsewhere. */
async function planFetch(deps: FetchDeps, repository: string, url: string, args: string[]): Promise<GitRun> {
  const { protocol, hostname, port } = new URL(url);
  const rules: AddressRules = { allow: deps.allow, own: ownAddresses() };
  const { address } = await resolveTarget(new URL(url), rules);
  if (protocol !== 'https:' && !isAllowed(deps.allow, address)) throw badUrl('A repository is fetched over https.');
  const scheme = protocol.slice(0, -1);
  const isNamed = hostOf(new URL(url)) !== address;
  const pinned = `${hostname}:${port || (scheme === 'https' ? 443 : 80)}:${address}`;
  return {
    repository,
    args: [`--git-dir=${repository}`, ...args],
    config: {
      ...(isNamed ? { 'http.curloptResolve': pinned } : {}),
      [`protocol.${scheme}.allow`]: 'always',
      'http.followRedirects': 'false',
      'http.lowSpeedLimit': '1000',
      'http.lowSpeedTime': '20',
      'http.emptyAuth': 'false',
      'http.proxy': '',
      'http.version': 'HTTP/1.1',
      'credential.helper': '',
      'core.askPass': '',
      'fetch.fsckObjects': 'true',
      'fetch.unpackLimit': '1',
      'fetch.writeCommitGraph': 'false',
      'transfer.bundleURI': 'false',
      'submodule.recurse': 'false',
    },
  };
}

/** Open because the operator says so, and for no other reason. */
function isAllowed(allow: string[], address: string): boolean {
  return isOpenAddress(address, { allow, own: [address] });
}

/** `ref: refs/heads/main\tHEAD`, then an id and a name a line. Pure. */
export function parseList(text: string, asked: Asked): Found {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const commits = new Map(
    lines.flatMap(([id = '', ref = '']) => (/^[0-9a-f]{40}$/.test(id) ? [[ref, id] as const] : [])),
  );
  if (commits.size === 0) throw emptyRepository(asked);
  const head = lines
    .find(([target = '', ref]) => ref === 'HEAD' && target.startsWith('ref: '))?.[0]
    ?.slice('ref: '.length);
  const ref = asked.branch === null ? (head ?? '') : `refs/heads/${asked.branch}`;
  const commit = commits.get(ref);
  const name = parseRefName(ref)?.name;
  if (commit && name) return { url: asked.url, branch: name, commit };
  throw explainFetch(asked, { code: 1, expired: null, stderr: "couldn't find remote ref" });
}

/** Git draws its progress over itself: what stands at the end of each part is a line. */
function sayProgress(text: string, onProgress: (line: string) => void): void {
  for (const line of text.split(/[\r\n]+/))
    if (/^(?:remote: )?\w[\w ]+: .*done\.?$/.test(line)) onProgress(line.trim());
}
