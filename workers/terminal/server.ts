// The browser's way into a site's container: a WebSocket to a login shell of root, for whoever may develop the site. The
// same powers as SSH. Bytes are binary messages; everything else is text (message.ts).

import http, { type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { checkOrigin } from '#lib/auth/origin.ts';
import { findViewer } from '#lib/auth/viewer.ts';
import type { Db } from '#lib/db/client.ts';
import { requireSecret, type Settings } from '#lib/env.ts';
import { AppError, siteNotFound } from '#lib/errors/app-error.ts';
import type { Log } from '#lib/log.ts';
import { requireShared, type Viewer } from '#lib/sites/access.ts';
import { requireStanding } from '#lib/sites/find.ts';
import { isSiteName } from '#lib/sites/names.ts';
import { CLOSED, type Told } from '#lib/terminal/protocol.ts';
import { parsePlace, parseResize, type TerminalPlace } from './message.ts';
import type { Screen, Shell } from './shell.ts';
import type { Shells } from './shells.ts';

export interface TerminalDeps {
  db: Db;
  settings: Settings;
  log: Log;
  shells: Shells;
  /** Opens a login shell; `onWait` is told when the site has to wake first. */
  openShell: (siteId: string, size: TerminalPlace['size'], onWait: () => void) => Promise<Shell>;
}

const MESSAGE_BYTES_MAX = 256 * 1024;
const ALIVE_MS = 15_000;
/** How soon a session that was ended, or a member that was removed, is out. */
const LOOK_MS = 3_000;

export function createTerminalServer(deps: TerminalDeps): http.Server {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false });
  const server = http.createServer((_request, response) => {
    response.writeHead(426, { 'content-type': 'application/json', connection: 'close', upgrade: 'websocket' });
    const error = {
      code: 'bad-request',
      message: 'A terminal is a WebSocket.',
      hint: 'Open it on the page of the site.',
    };
    response.end(JSON.stringify({ error }));
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    admit(deps, request).then(
      (admitted) => sockets.handleUpgrade(request, socket, head, (page) => void serve(deps, page, admitted)),
      (error) => refuse(deps, socket, error),
    );
  });
  server.on('close', () => sockets.close());
  return server;
}

interface Admitted {
  headers: Headers;
  viewer: Viewer;
  siteId: string;
  place: TerminalPlace;
}

/** Throws `not-found` for strangers and `foreign-origin` for a page of somebody else's: WebSockets know no same-origin policy. */
async function admit(deps: TerminalDeps, request: IncomingMessage): Promise<Admitted> {
  const headers = new Headers(request.headers as Record<string, string>);
  checkOrigin(deps.settings.appUrl, headers);
  const place = parsePlace(request.url ?? '');
  if (!place || !isSiteName(place.name)) throw siteNotFound();
  const viewer = await findViewer(deps, headers);
  const { id } = await requireDeveloper(deps, viewer, place.name);
  return { headers, viewer, siteId: id, place };
}

async function requireDeveloper({ db, settings }: TerminalDeps, viewer: Viewer, name: string) {
  const site = await requireStanding(db, requireSecret(settings), viewer, name, 'develop');
  requireShared(site.standing);
  return site;
}

async function serve(deps: TerminalDeps, page: WebSocket, admitted: Admitted): Promise<void> {
  const { viewer, siteId, place } = admitted;
  const tell = (told: Told) => page.send(JSON.stringify(told), () => {});
  page.on('error', () => {}); // `close` follows.
  keepAlive(page);
  // What is typed while the shell opens waits in the socket.
  page.pause();
  try {
    const key = { siteId, whose: viewer.userId ?? 'token', id: place.id };
    const opening = () => deps.openShell(siteId, place.size, () => tell({ kind: 'waking' }));
    const { shell, isOld } = await deps.shells.findOrOpen(key, opening);
    if (page.readyState !== page.OPEN) return; // The shell waits for the page to come back.
    tell({ kind: 'opened', isOld });
    join(page, shell, tell);
    if (isOld) shell.resize(place.size);
    page.resume();
    watch(deps, page, admitted, shell, tell);
  } catch (error) {
    page.resume();
    if (!(error instanceof AppError))
      deps.log.error({ siteId, cause: String(error) }, 'a terminal could not be opened');
    tell({ kind: 'refused', ...wordsOf(error) });
    page.close(CLOSED.refused);
  }
}

function join(page: WebSocket, shell: Shell, tell: (told: Told) => void): void {
  const screen: Screen = {
    show: (bytes, taken) => page.send(bytes, { binary: true }, taken),
    waiting: () => page.bufferedAmount,
    end(exitCode) {
      tell({ kind: 'ended', exitCode });
      page.close(CLOSED.ended);
    },
    leave() {
      tell({
        kind: 'refused',
        message: 'This terminal is open on other pages.',
        hint: 'Go on there, or open a new one.',
      });
      page.close(CLOSED.refused);
    },
  };
  page.once('close', shell.attach(screen));
  page.on('message', (data: Buffer, isBinary) => {
    if (isBinary) return shell.type(data);
    const size = parseResize(data.toString('utf8'));
    if (size) shell.resize(size);
  });
}

/** Looks again whether the viewer may still be here; who may not is told so, and loses the shell as well. */
function watch(
  deps: TerminalDeps,
  page: WebSocket,
  { headers, place, siteId }: Admitted,
  shell: Shell,
  tell: (told: Told) => void,
): void {
  const look = async () => {
    try {
      const site = await requireDeveloper(deps, await findViewer(deps, headers), place.name);
      if (site.id !== siteId || site.state === 'deleting') throw siteNotFound();
    } catch (error) {
      // The database is away for a moment: nobody was told to leave.
      if (!(error instanceof AppError)) return;
      clearInterval(timer);
      tell({ kind: 'refused', ...wordsOf(error) });
      page.close(CLOSED.refused);
      await shell.hangUp();
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  page.once('close', () => clearInterval(timer));
}

/** A page that does not answer two pings in a row is gone (RFC 6455, 5.5.2). */
function keepAlive(page: WebSocket): void {
  let isAlive = true;
  page.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) return page.terminate();
    isAlive = false;
    page.ping(() => {});
  }, ALIVE_MS);
  page.once('close', () => clearInterval(timer));
}

function refuse(deps: TerminalDeps, socket: Duplex, error: unknown): void {
  if (!(error instanceof AppError)) deps.log.error({ cause: String(error) }, 'a terminal could not be admitted');
  const status = error instanceof AppError ? error.httpStatus : 500;
  const code = error instanceof AppError ? error.code : 'internal';
  const body = JSON.stringify({ error: { code, ...wordsOf(error) } });
  const head = [
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? ''}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function wordsOf(error: unknown): { message: string; hint: string } {
  if (error instanceof AppError) return { message: error.message, hint: error.hint };
  return { message: 'Something went wrong here.', hint: 'Try again in a moment.' };
}
