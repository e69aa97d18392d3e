// One POST to an address that somebody else chose: connected to the checked address, bounded in time, no redirect
// followed, of the answer nothing read but its status.

import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { oneLine } from '../deploy/clean-text.ts';
import { resolveTarget } from './resolve.ts';
import { type AddressRules, hostOf } from './target.ts';

const ANSWER_MS_MAX = 5_000;
/** Of a cause that we have no words for: some quote what the receiver sent, such as all names of its certificate. */
const CAUSE_LENGTH_MAX = 200;

/**
 * Answers null when the receiver took it (a status of 200 to 299), else why not in one sentence. Throws `bad-target`.
 * `rules` null: every address is open, for an admin's channel.
 */
export async function post(
  target: string,
  body: string,
  headers: Record<string, string>,
  rules: AddressRules | null,
): Promise<string | null> {
  const url = new URL(target);
  const host = hostOf(url);
  const { address, family } = await resolveTarget(url, rules);
  const options = {
    method: 'POST',
    host: address,
    family,
    port: url.port || undefined,
    path: url.pathname + url.search,
    agent: false,
    headers: {
      host: url.host,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Lightkeeper',
      ...headers,
    },
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
  return new Promise((resolve) => {
    const request = (url.protocol === 'https:' ? https : http).request(options, (response) => {
      const { statusCode = 0 } = response;
      response.destroy();
      resolve(statusCode >= 200 && statusCode < 300 ? null : refusal(url.host, statusCode));
    });
    request.on('error', (error) => resolve(failure(url.host, error)));
    request.end(body);
  });
}

function refusal(host: string, statusCode: number): string {
  const isElsewhere = statusCode >= 300 && statusCode < 400;
  return `${host} answered ${statusCode}${isElsewhere ? ', a redirect, which is not followed' : ''}.`;
}

/** Why nothing was answered, in one short sentence. Pure. */
export function failure(host: string, error: NodeJS.ErrnoException): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return `${host} did not answer in ${ANSWER_MS_MAX / 1000} seconds.`;
  }
  return `${host} could not be reached: ${REASONS[error.code ?? ''] ?? oneLine(error.message.slice(0, CAUSE_LENGTH_MAX))}.`;
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
};
