// Answers the web process about repositories, as JSON. The socket's permissions say who may ask; the web has already
// seen whose site it is.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Paths } from '#lib/env.ts';
import { AppError, siteNotFound } from '#lib/errors/app-error.ts';
import { repositoryOf } from '#lib/git/site.ts';
import type { Log } from '#lib/log.ts';
import type { History } from './history.ts';
import { parseHistoryQuestion } from './history-question.ts';

export interface HistoryServerDeps {
  history: History;
  paths: Pick<Paths, 'pool'>;
  log: Log;
}

/**
 * `GET /sites/ID/commits?limit=20` answers `{ commits: HistoryCommit[] }`; `GET /sites/ID/files?path=` a HistoryFile
 * (lib/git/history.ts). 404 when there is none, 400 when it is no question.
 */
export function createHistoryServer(deps: HistoryServerDeps): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    request.resume();
    answer(deps, request.method ?? '', request.url ?? '').then(
      ([status, body]) => send(response, status, body),
      (cause: unknown) => {
        if (!(cause instanceof AppError))
          deps.log.error({ cause: String(cause) }, 'a question about a repository failed');
        const error = cause instanceof AppError ? cause : null;
        send(response, error?.httpStatus ?? 500, {
          code: error?.code ?? 'interrupted',
          message: error?.message ?? 'Failed.',
          hint: error?.hint ?? '',
        });
      },
    );
  });
}

async function answer({ history, paths }: HistoryServerDeps, method: string, url: string): Promise<[number, unknown]> {
  const question = parseHistoryQuestion(method, url);
  if (!question) {
    throw new AppError('bad-request', {
      message: 'This is not a question about a repository.',
      hint: 'Ask for /sites/ID/commits or /sites/ID/files.',
    });
  }
  const result = await history.ask(repositoryOf(paths, question.siteId), question);
  if (result === null) throw siteNotFound();
  return [200, result];
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}
