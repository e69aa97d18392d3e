// Answers the web process about repositories, as JSON, hands it the bytes of files, and makes the commits of its
// editors. The socket's permissions say who may ask; the web has already seen whose site it is.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Paths } from '#lib/env-paths.ts';
import { AppError, siteNotFound } from '#lib/errors/app-error.ts';
import type { GitDeps } from '#lib/git/deps.ts';
import { findMainCommit, openFile } from '#lib/git/open-file.ts';
import { type FindServed, repositoryOf } from '#lib/git/site.ts';
import { answerCommit } from './commit-answer.ts';
import type { History } from './history.ts';
import { parseQuestion, type RepositoryQuestion } from './history-question.ts';

export interface HistoryServerDeps {
  history: History;
  git: GitDeps;
  findServed: FindServed;
  paths: Pick<Paths, 'pool'>;
}

/**
 * `GET /sites/ID/commits?limit=20` answers `{ commits: HistoryCommit[] }`; `GET /sites/ID/files?path=` a HistoryFile
 * (lib/git/history.ts); `GET /sites/ID/raw?path=` bytes; `POST /sites/ID/commits` lines (commit-answer.ts). 404 when there is
 * none, 400 when it is no question.
 */
export function createHistoryServer(deps: HistoryServerDeps): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    answer(deps, request, response).catch((cause: unknown) => {
      if (!(cause instanceof AppError))
        deps.git.log.error({ cause: String(cause) }, 'a question about a repository failed');
      if (response.headersSent) return void response.destroy();
      const error = cause instanceof AppError ? cause : null;
      send(response, error?.httpStatus ?? 500, {
        code: error?.code ?? 'interrupted',
        message: error?.message ?? 'Failed.',
        hint: error?.hint ?? '',
      });
    });
  });
}

async function answer(deps: HistoryServerDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const question = parseQuestion(request.method ?? '', request.url ?? '');
  if (!question) {
    request.resume();
    throw new AppError('bad-request', {
      message: 'This is not a question about a repository.',
      hint: 'Ask for /sites/ID/commits, /sites/ID/files or /sites/ID/raw.',
    });
  }
  if (question.kind === 'commit') return answerCommit(deps, question.siteId, request, response);
  request.resume();
  if (question.kind === 'raw') return sendFile(deps, question, response);
  const result = await deps.history.ask(repositoryOf(deps.paths, question.siteId), question);
  if (result === null) throw siteNotFound();
  send(response, 200, result);
}

async function sendFile(
  { git, paths, findServed }: HistoryServerDeps,
  { siteId, path, commit: wanted }: RepositoryQuestion & { kind: 'raw' },
  response: ServerResponse,
): Promise<void> {
  const repository = repositoryOf(paths, siteId);
  const commit = wanted ?? (await findMainCommit(git, repository));
  const site = await findServed(siteId);
  const file = site && commit ? await openFile(git, site.owner, { repository, commit }, path) : null;
  if (!file) throw siteNotFound();
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.bytes });
  await pipeline(file.stream, response);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}
