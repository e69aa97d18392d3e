// One commit of an editor: the question is an edit as JSON, the answer a line of JSON for each line of the deployment,
// and at the end the commit or what refused it. What was asked before the first line fails as an HTTP error does.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, siteNotFound } from '#lib/errors/app-error.ts';
import { type CommitLine, SIGNED_EDIT } from '#lib/git/changes.ts';
import { commitChanges } from '#lib/git/commit-changes.ts';
import type { GitDeps } from '#lib/git/deps.ts';
import { gitFailed } from '#lib/git/failures.ts';
import { type FindServed, requireServable } from '#lib/git/site.ts';

interface Deps {
  git: GitDeps;
  findServed: FindServed;
}

const BODY_BYTES_MAX = 32 * 1024 ** 2;

export async function answerCommit(
  { git, findServed }: Deps,
  siteId: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const edit = SIGNED_EDIT.parse(JSON.parse(await readText(request)));
  const site = await findServed(siteId);
  if (!site) throw siteNotFound();
  requireServable(site);
  const write = (line: CommitLine) => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    if (!response.destroyed) response.write(`${JSON.stringify(line)}\n`);
  };
  try {
    // Whoever asked may go: from here on it is a push like any other.
    write({ commit: await commitChanges(git, site, edit, (log) => write({ log })) });
  } catch (cause) {
    if (!response.headersSent) throw cause;
    if (!(cause instanceof AppError)) git.log.error({ siteId, cause: String(cause) }, 'a commit failed');
    const { code, message, hint } = cause instanceof AppError ? cause : gitFailed({});
    write({ error: { code, message, hint } });
  }
  response.end();
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw gitFailed({ reason: 'an edit larger than the web process lets through' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
