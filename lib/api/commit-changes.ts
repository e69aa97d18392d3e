// A commit from the editor or a script: asked of the git worker, told line by line as it deploys, or at its end.

import { createInterface } from 'node:readline';
import { AppError } from '../errors/app-error.ts';
import { COMMIT_LINE, type CommitLine, EDIT, EDIT_BYTES_MAX, type Edit } from '../git/changes.ts';
import type { SeenSite } from '../sites/find.ts';
import { readJson } from './body.ts';
import { away, openAnswer } from './git-worker.ts';
import { type Call, json } from './handle.ts';

const HEARTBEAT_MS = 15_000;
export const LINES_TYPE = 'application/x-ndjson';

/** With `Accept: application/x-ndjson` every line as it is said; else 201 when the commit is live, or what refused it. */
export async function commitFor(call: Call<unknown>, site: SeenSite): Promise<Response> {
  const edit = await readJson(call.request, EDIT, EDIT_BYTES_MAX);
  const lines = await openLines(call, site, edit);
  if ((call.request.headers.get('accept') ?? '').includes(LINES_TYPE)) return streamLines(lines);
  for await (const line of lines) {
    if ('commit' in line) return json({ commit: line.commit }, 201);
    if ('error' in line) throw new AppError(line.error.code, line.error);
  }
  throw away('the answer has no end');
}

/** Throws what refuses the commit before anything is deployed. */
async function openLines(call: Call<unknown>, site: SeenSite, edit: Edit): Promise<AsyncIterable<CommitLine>> {
  const answer = await openAnswer({
    socketPath: call.settings.paths.historySocket,
    path: `/sites/${site.id}/commits`,
    method: 'POST',
    body: JSON.stringify({ ...edit, author: await authorOf(call) }),
  });
  return parseLines(createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY }));
}

async function* parseLines(lines: AsyncIterable<string>): AsyncIterable<CommitLine> {
  for await (const line of lines) yield COMMIT_LINE.parse(JSON.parse(line));
}

/** An empty line now and then keeps proxies from closing the connection. A reader that goes away stops nothing. */
function streamLines(lines: AsyncIterable<CommitLine>): Response {
  const encoder = new TextEncoder();
  let isOpen = true;
  const body = new ReadableStream<Uint8Array>({
    async start(to) {
      const write = (text: string) => isOpen && to.enqueue(encoder.encode(text));
      const heartbeat = setInterval(() => write('\n'), HEARTBEAT_MS);
      try {
        for await (const line of lines) write(`${JSON.stringify(line)}\n`);
      } catch (cause) {
        const { code, message, hint } = away(cause);
        write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
      }
      clearInterval(heartbeat);
      if (isOpen) to.close();
    },
    cancel: () => {
      isOpen = false;
    },
  });
  return new Response(body, { headers: { 'content-type': LINES_TYPE, 'cache-control': 'no-store, no-transform' } });
}

/** Who is named in the commit: the user's address, or a guest. */
async function authorOf({ db, viewer }: Call<unknown>): Promise<{ name: string; email: string }> {
  const user = viewer.userId ? await db.user.findUnique({ where: { id: viewer.userId } }) : null;
  if (!user?.email) return { name: 'Guest', email: 'guest@lightkeeper.invalid' };
  return { name: user.email.split('@')[0] || user.email, email: user.email };
}
