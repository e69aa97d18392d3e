// Git over HTTP (gitprotocol-http): the smart protocol only. Who asks is known before a byte of the body is read; a
// site that is absent and a token that is wrong get the same answer.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { equalSecrets } from '#lib/auth/seal.ts';
import { asDatabaseAway } from '#lib/db/away.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { type GitRequest, renderPrefix } from '#lib/git/conversation.ts';
import type { GitDeps } from '#lib/git/deps.ts';
import { serveGit } from '#lib/git/serve.ts';
import { type FindSite, type NamedSite, untilServable } from '#lib/git/site.ts';
import { type Access, includes } from '#lib/sites/access.ts';
import { isUserToken } from '#lib/tokens/secret.ts';
import { openBody } from './body.ts';
import { type GitRoute, parseGitRoute, parsePassword } from './route.ts';

export interface GitHttpDeps {
  git: GitDeps;
  findSite: FindSite;
  /** What the bearer of a user's token may do with a site; null for an absent one takes the same steps. */
  accessWith: (token: string, siteId: string | null) => Promise<Access | null>;
}

const MEGABYTE = 1024 ** 2;
const FETCH_BODY_BYTES_MAX = 16 * MEGABYTE;
/** Git's own check of the size speaks first, and says a sentence. */
const PUSH_BODY_SLACK_BYTES = 4 * MEGABYTE;
const LINGER_MS = 10_000;
const MAY_NOT_PUSH =
  'You may clone this site, and not push to it.\nAsk its owner to make you a developer, or use a token that may deploy.';

export function createGitServer(deps: GitHttpDeps): Server {
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 0, keepAliveTimeout: 5_000 },
    (request, response) => {
      answer(deps, request, response).catch((cause: unknown) => {
        if (!(cause instanceof AppError))
          deps.git.log.error({ cause: String(cause), url: request.url }, 'a git request failed');
        sendError(response, cause);
      });
    },
  );
  return server;
}

async function answer(deps: GitHttpDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = parseGitRoute(request.method ?? '', request.url ?? '');
  if (!route) return sendText(response, 404, 'Only git clients are answered here, at /NAME.git.');
  const entry = await authenticate(deps, route, request);
  if (!entry) return sendUnauthorized(response);
  const { access } = entry;
  if (route.kind === 'dumb') return sendText(response, 403, 'This git client is too old: use version 1.6.6 or newer.');
  if (route.service === 'receive-pack' && !includes(access, 'develop')) return sendText(response, 403, MAY_NOT_PUSH);
  const site = await untilServable(entry.site, () => deps.findSite(route.name), goneSignal(response));
  const by = 'the site’s token';
  const asked: GitRequest = { site, service: route.service, mode: route.kind, protocol: protocolOf(request), by };
  return route.kind === 'advertise' ? advertise(deps, asked, request, response) : serve(deps, asked, request, response);
}

async function authenticate(
  deps: GitHttpDeps,
  { name }: GitRoute,
  request: IncomingMessage,
): Promise<{ site: NamedSite; access: Access } | null> {
  const password = parsePassword(request.headers.authorization);
  if (!password) return null;
  const site = await deps.findSite(name);
  const isSiteToken = equalSecrets(password, site?.token ?? '');
  const access = isUserToken(password) ? await deps.accessWith(password, site?.id ?? null) : null;
  if (!site) return null;
  if (isSiteToken) return { site, access: 'own' };
  return access && { site, access };
}

async function advertise(
  deps: GitHttpDeps,
  asked: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const prefix = renderPrefix(asked.service, asked.protocol);
  const stdout = new Writable({
    // The head goes out with the first byte: until then an error can still be an HTTP error.
    write(chunk: Buffer, _encoding, done) {
      if (!response.headersSent) {
        response.writeHead(200, headersOf(`application/x-git-${asked.service}-advertisement`)).write(prefix);
      }
      if (response.destroyed) return done();
      response.write(chunk, () => done());
    },
  });
  request.resume();
  await serveGit(deps.git, asked, { stdin: request, stdout, stderr: drop(), signal: goneSignal(response) });
  response.end();
}

async function serve(
  deps: GitHttpDeps,
  asked: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headers['content-type'] !== `application/x-git-${asked.service}-request`) {
    return sendText(response, 415, 'The request is not of the kind that git clients send.');
  }
  const isPush = asked.service === 'receive-pack';
  const body = openBody(request, isPush ? asked.site.pushBytesMax + PUSH_BODY_SLACK_BYTES : FETCH_BODY_BYTES_MAX);
  response.writeHead(200, headersOf(`application/x-git-${asked.service}-result`)).flushHeaders();
  await serveGit(deps.git, asked, { stdin: body, stdout: response, stderr: drop(), signal: goneSignal(response) });
  endUnread(request, response);
}

/** Ends the answer, and reads on for a moment what the client still sends, so that it gets to read the answer. */
function endUnread(request: IncomingMessage, response: ServerResponse): void {
  response.end();
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(timer));
}

function protocolOf(request: IncomingMessage): string | undefined {
  const header = request.headers['git-protocol'];
  return typeof header === 'string' ? header : undefined;
}

function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

function drop(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

function headersOf(type: string): Record<string, string> {
  return {
    'content-type': type,
    'cache-control': 'no-cache, max-age=0, must-revalidate',
    'x-content-type-options': 'nosniff',
  };
}

function sendError(response: ServerResponse, error: unknown): void {
  const cause = asDatabaseAway(error) ?? error;
  const isKnown = cause instanceof AppError;
  if (response.headersSent) return void response.destroy();
  sendText(
    response,
    isKnown ? cause.httpStatus : 500,
    isKnown ? `${cause.message} ${cause.hint}` : 'Something went wrong here. Try again.',
  );
}

function sendUnauthorized(response: ServerResponse): void {
  response.setHeader('www-authenticate', 'Basic realm="Lightkeeper", charset="UTF-8"');
  sendText(
    response,
    401,
    "There is no such site, or the token is not its token. Use the git address from the site's page: its token, or an API token of your account, is the password.",
  );
}

/** Git shows plain text to its user, line by line, after "remote:". */
function sendText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return void response.destroy();
  // Nothing of a body is read from who may not send one.
  response.writeHead(status, { ...headersOf('text/plain; charset=utf-8'), connection: 'close' }).end(`${text}\n`);
}
