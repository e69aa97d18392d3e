// A GitHub Enterprise of the test's own: asks nobody anything, and tells about one person what the test says.

import { once } from 'node:events';
import http from 'node:http';
import { SETTINGS } from './host-state.ts';

export interface FakeGithub {
  /** The addresses of whoever signs in from now on. */
  emails: { email: string; primary: boolean; verified: boolean }[];
  close(): Promise<void>;
}

export async function openFakeGithub(): Promise<FakeGithub> {
  if (SETTINGS.github === null) throw new Error('the test instance has no GitHub');
  const { id, secret, url } = SETTINGS.github;
  const github: FakeGithub = {
    emails: [],
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const server = http.createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    const tell = (body: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (pathname === '/login/oauth/authorize') {
      const back = new URL(searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', 'a-code');
      back.searchParams.set('state', searchParams.get('state') ?? '');
      response.writeHead(302, { location: back.href }).end();
    } else if (pathname === '/login/oauth/access_token') {
      const body = new URLSearchParams(await textOf(request));
      const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
      const isApp = request.headers.authorization === basic || body.get('client_secret') === secret;
      if (isApp && body.get('code') === 'a-code')
        tell({ access_token: 'a-token', token_type: 'bearer', scope: 'user:email' });
      else tell({ error: 'bad_verification_code' }, 401);
    } else if (request.headers.authorization !== 'Bearer a-token') tell({ message: 'Bad credentials' }, 401);
    else if (pathname === '/api/v3/user') tell({ id: 4711, login: 'mira', name: 'Mira', email: 'public@example.org' });
    else if (pathname === '/api/v3/user/emails') tell(github.emails);
    else tell({ message: 'Not Found' }, 404);
  });
  server.listen(Number(new URL(url).port), '127.0.0.1');
  await once(server, 'listening');
  return github;
}

async function textOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
