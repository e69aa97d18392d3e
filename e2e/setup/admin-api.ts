// The admin's API, as a script of the operator's uses it: signed in once, from an address of its own, so that the five
// sign-ins a minute of one address are left to the tests that are about them.

import http from 'node:http';
import { readAdminSecret } from './admin.ts';
import { APP_URL } from './fixtures.ts';

export interface Told {
  status: number;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many forms.
  body: any;
  headers: Headers;
}

export interface AdminApi {
  cookie: string;
  ask(method: string, place: string, body?: unknown): Promise<Told>;
}

export async function openAdminApi(): Promise<AdminApi> {
  const localAddress = newAddress();
  const csrf = await send(localAddress, 'GET', '/api/auth/csrf', {});
  const { csrfToken } = JSON.parse(csrf.body) as { csrfToken: string };
  const secret = await readAdminSecret();
  const form = new URLSearchParams({ csrfToken, secret, json: 'true', callbackUrl: APP_URL }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', cookie: csrf.cookies };
  const { cookies } = await send(localAddress, 'POST', '/api/auth/callback/admin', headers, form);
  if (!cookies.includes('.session=')) throw new Error('the admin could not sign in');
  return { cookie: cookies, ask: (method, place, body) => askAs({ cookie: cookies }, method, place, body) };
}

/** An address of this machine's that nobody calls from. */
export function newAddress(): string {
  return `127.1.${Math.floor(Math.random() * 250)}.${1 + Math.floor(Math.random() * 250)}`;
}

/** A request with these headers; the body is sent as JSON. */
export async function askAs(
  headers: Record<string, string>,
  method: string,
  place: string,
  body?: unknown,
): Promise<Told> {
  const response = await fetch(`${APP_URL}${place}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, text, body: isJson ? JSON.parse(text) : null, headers: response.headers };
}

/** A request from another address of this machine's, so that limits per address count it alone. */
export function send(
  localAddress: string,
  method: string,
  place: string,
  headers: Record<string, string>,
  body?: string,
) {
  const { hostname, port } = new URL(APP_URL);
  const options = { host: '127.0.0.1', port, path: place, method, localAddress, agent: false, timeout: 10_000 };
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; cookies: string; body: string }>(
    (resolve, reject) => {
      const request = http.request({ ...options, headers: { host: `${hostname}:${port}`, ...headers } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece) => {
          text += piece;
        });
        const cookies = (response.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
        const { statusCode: status = 0, headers: told } = response;
        response.on('end', () => resolve({ status, headers: told, cookies, body: text }));
      });
      request.on('timeout', () => request.destroy(new Error('no answer in 10 s')));
      request.on('error', reject);
      request.end(body);
    },
  );
}
