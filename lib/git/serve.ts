// The front of this folder: one git conversation with a client, over HTTP or SSH. Picks the side, and turns what went
// wrong into the words of the protocol, so that the person at the other end reads a sentence.

import { access } from 'node:fs/promises';
import { AppError } from '../errors/app-error.ts';
import { type GitRequest, type GitStreams, write } from './conversation.ts';
import type { GitDeps } from './deps.ts';
import { gitFailed, repositoryAway } from './failures.ts';
import { encodePkt, FLUSH } from './pkt-line.ts';
import { renderAbort } from './push-report.ts';
import { receivePush } from './receive.ts';
import { uploadPack } from './upload.ts';

/**
 * Serves one request and answers with the exit code for the client. Ends none of the streams. In mode `advertise` it
 * throws an AppError before the first byte, so that the caller can answer in its own protocol; in the other modes
 * errors are told through the streams.
 */
export async function serveGit(deps: GitDeps, request: GitRequest, streams: GitStreams): Promise<number> {
  const { site, service, mode } = request;
  try {
    await requireRepository(site.repository);
    const serve = service === 'receive-pack' ? receivePush : uploadPack;
    return await serve(deps, request, streams);
  } catch (cause) {
    const error = cause instanceof AppError ? cause : gitFailed({ cause: String(cause) });
    const level = cause instanceof AppError ? 'info' : 'error';
    deps.log[level]({ siteId: site.id, service, mode, code: error.code, details: error.details }, error.message);
    if (mode === 'advertise') throw error;
    streams.stdin.resume();
    await write(streams.stdout, renderError(request, error));
    return 1;
  }
}

/** In the form that the client reads at this point: after a pushed pack, bands; before anything else, an ERR packet. */
function renderError({ service, mode }: GitRequest, error: AppError): Buffer {
  if (service === 'receive-pack' && mode === 'rpc') return renderAbort(error);
  return Buffer.concat([encodePkt(`ERR ${error.message} ${error.hint}`), FLUSH]);
}

async function requireRepository(repository: string): Promise<void> {
  try {
    await access(`${repository}/HEAD`);
  } catch (cause) {
    throw Object.assign(repositoryAway(), { cause });
  }
}
