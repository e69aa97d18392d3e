// Which requests the git side answers, and who asks. Pure.

import type { GitService } from '#lib/git/conversation.ts';
import { isSiteName } from '#lib/sites/names.ts';

export type GitRoute =
  | { kind: 'advertise'; name: string; service: GitService }
  | { kind: 'rpc'; name: string; service: GitService }
  /** The files of a repository, for clients without the smart protocol. */
  | { kind: 'dumb'; name: string };

const PATH = /^\/([a-z0-9-]{1,64})\.git\/(info\/refs|git-receive-pack|git-upload-pack)(?:\?([^#]{0,200}))?$/;
const SERVICE = /^git-(receive-pack|upload-pack)$/;

/** Null when it is none of git's requests. The path is taken as it was sent: nothing is decoded or normalized. */
export function parseGitRoute(method: string, url: string): GitRoute | null {
  const [, name, action, query] = PATH.exec(url) ?? [];
  if (!name || !action || !isSiteName(name)) return null;
  if (action === 'info/refs') {
    if (method !== 'GET') return null;
    const service = SERVICE.exec(new URLSearchParams(query ?? '').get('service') ?? '')?.[1];
    return service ? { kind: 'advertise', name, service: service as GitService } : { kind: 'dumb', name };
  }
  const service = SERVICE.exec(action)?.[1];
  return method === 'POST' && service && query === undefined
    ? { kind: 'rpc', name, service: service as GitService }
    : null;
}

/** The password of HTTP basic authentication (RFC 7617); the user name does not matter. Null when there is none. */
export function parsePassword(authorization: string | undefined): string | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,1000})$/i.exec(authorization ?? '')?.[1];
  if (!encoded) return null;
  const [, password] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return password || null;
}
