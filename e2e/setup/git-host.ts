// A host of repositories on loopback, as the internet has them: git's own http-backend behind a plain server, on an address
// that the instance may fetch from (e2e/setup/test-instance.ts). It notes what it was asked.

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { git, mustGit } from './git.ts';

export interface GitHost {
  url(name: string): string;
  port: number;
  asked: string[];
  /** A repository with these files in one commit; none: an empty one. Answers a clone of it, to change and push. */
  create(name: string, files: Record<string, string>): Promise<string>;
  /** Answers everything below this path with a status and headers. */
  answer(prefix: string, status: number, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

export const HOST_ADDRESS = '127.0.0.3';

export async function openGitHost(): Promise<GitHost> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-git-host-'));
  const answers = new Map<string, { status: number; headers: Record<string, string> }>();
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://host');
    asked.push(`${request.method} ${url.pathname}`);
    const fixed = [...answers].find(([prefix]) => url.pathname.startsWith(prefix))?.[1];
    if (fixed) return void response.writeHead(fixed.status, fixed.headers).end();
    serve(root, url, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, HOST_ADDRESS, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    asked,
    url: (name) => `http://${HOST_ADDRESS}:${port}/${name}`,
    answer: (prefix, status, headers = {}) => void answers.set(prefix, { status, headers }),
    async create(name, files) {
      const bare = path.join(root, name);
      const clone = path.join(root, `clone-of-${name}`);
      await mkdir(bare);
      await mustGit(bare, ['init', '-q', '--bare', '-b', 'trunk']);
      await mkdir(clone);
      await mustGit(clone, ['init', '-q', '-b', 'trunk']);
      await mustGit(clone, ['remote', 'add', 'origin', bare]);
      if (Object.keys(files).length > 0) await commitFiles(clone, files, 'First');
      return clone;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Commits files in a clone of `create` and pushes them. */
export async function commitFiles(clone: string, files: Record<string, string>, message: string): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const blob = await mustGit(clone, ['hash-object', '-w', '--stdin'], { input: text });
    await mustGit(clone, ['update-index', '--add', '--cacheinfo', `100644,${blob},${name}`]);
  }
  await mustGit(clone, ['commit', '-qm', message]);
  await git(clone, ['push', '-q', '-f', 'origin', 'HEAD:trunk']);
}

/** CGI/1.1, as git-http-backend(1) wants it. */
function serve(root: string, url: URL, request: http.IncomingMessage, response: http.ServerResponse): void {
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: '/usr/bin:/bin',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    } as unknown as NodeJS.ProcessEnv,
  });
  request.pipe(backend.stdin).on('error', () => {});
  let head = '';
  backend.stdout.on('data', (chunk: Buffer) => {
    if (response.headersSent) return void response.write(chunk);
    head += chunk.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    const pairs = head
      .slice(0, end)
      .split('\r\n')
      .map((line) => line.split(': ') as [string, string]);
    const status = Number(pairs.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200);
    response.writeHead(status, Object.fromEntries(pairs.filter(([name]) => name !== 'Status')));
    response.write(Buffer.from(head.slice(end + 4), 'latin1'));
  });
  backend.on('close', () => response.end());
}
