// What one git conversation is: who is served what, over which streams, and the bytes that frame it.

import type { Readable, Writable } from 'node:stream';
import { encodePkt, FLUSH } from './pkt-line.ts';

export interface GitSite {
  id: string;
  name: string;
  /** Whose it is: all sites of one person together have a share of what is served at a time, and no more. */
  owner: string;
  /** Absolute path of the bare repository. */
  repository: string;
  pushBytesMax: number;
}

export type GitService = 'receive-pack' | 'upload-pack';

export interface GitRequest {
  site: GitSite;
  service: GitService;
  /** `advertise` and `rpc` are the two halves of the HTTP protocol; `ssh` is the whole conversation. */
  mode: 'advertise' | 'rpc' | 'ssh';
  /** The client's Git-Protocol header or GIT_PROTOCOL variable, unchecked. */
  protocol?: string | undefined;
  /** Who asks, in words, for the deployment that a push makes. */
  by?: string | undefined;
}

export interface GitStreams {
  stdin: Readable;
  stdout: Writable;
  /** Over HTTP nobody reads it: give a stream that drops it. */
  stderr: Writable;
  /** The client has gone. */
  signal?: AbortSignal;
}

/** The versions of gitprotocol-v2 that exist; anything else is not passed on. */
export function parseProtocol(header: string | undefined): string | null {
  return header && /^version=[0-2]$/.test(header) ? header : null;
}

/** What the first HTTP answer begins with (gitprotocol-http, "Smart Clients"). Version 2 has none for fetches. */
export function renderPrefix(service: GitService, protocol: string | undefined): Buffer {
  if (service === 'upload-pack' && parseProtocol(protocol) === 'version=2') return Buffer.alloc(0);
  return Buffer.concat([encodePkt(`# service=git-${service}\n`), FLUSH]);
}

/** Writes and waits until it is on its way; a client that has gone is not an error here. */
export async function write(to: Writable, data: Buffer | string): Promise<void> {
  if (to.destroyed || to.writableEnded || data.length === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  to.once('close', resolve);
  to.write(data, () => resolve());
  await promise.finally(() => to.off('close', resolve));
}
