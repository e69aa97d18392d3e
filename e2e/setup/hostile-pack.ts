// Pushes as no git client would send them: packs written by hand (gitformat-pack), and bodies that come by the byte.

import { createHash } from 'node:crypto';
import http from 'node:http';
import { deflateSync } from 'node:zlib';
import { encodePkt, FLUSH } from '#lib/git/pkt-line.ts';
import type { Site } from './fixtures.ts';

const ZEROS = '0'.repeat(40);
const REF_DELTA = 7;
const BLOB = 3;

/** The commands of a push that makes a branch, as the first part of its body. */
export function commandsFor(commit: string, ref = 'refs/heads/main', old = ZEROS): Buffer {
  return Buffer.concat([encodePkt(`${old} ${commit} ${ref}\0 report-status side-band-64k`), FLUSH]);
}

/** Two objects in a few hundred kilobytes: zeros, and the same with a byte in front, as a difference to them. */
export function unfoldingPack(bytes: number): Buffer {
  const zeros = Buffer.alloc(bytes);
  const id = createHash('sha1').update(`blob ${bytes}\0`).update(zeros).digest();
  const copies: Buffer[] = [];
  for (let at = 0; at < bytes; at += 0xff_ffff) copies.push(copyInstruction(at, Math.min(0xff_ffff, bytes - at)));
  const delta = Buffer.concat([size(bytes), size(bytes + 1), Buffer.from('\x01x'), ...copies]);
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\x02', 'latin1');
  const base = [entryHeader(BLOB, bytes), deflateSync(zeros)];
  const body = Buffer.concat([header, ...base, entryHeader(REF_DELTA, delta.length), id, deflateSync(delta)]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

/** A pack's first object, to its data: what follows is right, byte for byte, for as long as 64 KB last. */
export function patientPack(): Buffer {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\x01', 'latin1');
  const storedBlock = Buffer.from('780100ffff0000', 'hex');
  return Buffer.concat([header, entryHeader(BLOB, 65_535), storedBlock]);
}

function copyInstruction(offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(0xff, 0);
  bytes.writeUInt32LE(offset, 1);
  bytes.writeUIntLE(length, 5, 3);
  return bytes;
}

/** Seven bits a byte, the lowest first. */
function size(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

function entryHeader(kind: number, length: number): Buffer {
  const rest = Math.floor(length / 16);
  const first = (kind << 4) | (length & 15);
  return rest === 0 ? Buffer.from([first]) : Buffer.concat([Buffer.from([first | 128]), size(rest)]);
}

export interface Sending {
  request: http.ClientRequest;
  /** All that was answered; what came before a cut counts. */
  answered: Promise<{ status: number; text: string }>;
}

/** Begins the body of a push to the site and leaves its end to the caller. */
export function startSending(site: Site, headers: Record<string, string> = {}): Sending {
  const { hostname, port, pathname } = new URL(site.git.http);
  const request = http.request({
    host: '127.0.0.1',
    port,
    path: `${pathname}/git-receive-pack`,
    method: 'POST',
    agent: false,
    headers: {
      host: `${hostname}:${port}`,
      authorization: `Basic ${Buffer.from(`git:${site.token}`).toString('base64')}`,
      'content-type': 'application/x-git-receive-pack-request',
      ...headers,
    },
  });
  const answered = new Promise<{ status: number; text: string }>((resolve) => {
    let status = 0;
    let text = '';
    const done = () => resolve({ status, text });
    request.on('response', (response) => {
      status = response.statusCode ?? 0;
      response.setEncoding('latin1').on('data', (part: string) => {
        text += part;
      });
      response.on('error', done).on('close', done);
    });
    request.on('error', done).on('close', done);
  });
  return { request, answered };
}
