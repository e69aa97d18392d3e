// The bytes of a tenant's file, from our own origin: always a download, with the type of a picture only where its first
// bytes are one, and a policy under which nothing in it runs should a browser show it all the same.

import type { IncomingMessage } from 'node:http';
import { openAnswer } from './git-worker.ts';
import { type Place, placeQuery } from './place.ts';

const OPEN_MS_MAX = 30_000;
/** An SVG may have a declaration, a doctype and comments before its root. */
const SNIFF_BYTES = 1_024;

/** Throws `not-found`, `interrupted`, `site-not-ready`. */
export async function sendRawFile(socketPath: string, siteId: string, place: Place): Promise<Response> {
  const opening = new AbortController();
  const timer = setTimeout(() => opening.abort(), OPEN_MS_MAX);
  const path = `/sites/${siteId}/raw?${placeQuery(place)}`;
  const answer = await openAnswer({ socketPath, path, signal: opening.signal }).finally(() => clearTimeout(timer));
  const head = await readHead(answer);
  return new Response(bodyOf(head, answer), {
    headers: {
      'content-type': pictureType(head, place.path) ?? 'application/octet-stream',
      'content-length': answer.headers['content-length'] ?? String(head.length),
      'content-disposition': disposition(place.path),
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': place.commit ? 'private, max-age=600' : 'no-store',
    },
  });
}

/** What browsers show as a picture and nothing else; null for all other files. Pure. */
export function pictureType(head: Buffer, path: string): string | null {
  const text = head.toString('latin1', 0, SNIFF_BYTES);
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(text)) return 'image/gif';
  if (/^RIFF[\s\S]{4}WEBP/.test(text)) return 'image/webp';
  if (/^[\s\S]{4}ftypavif/.test(text)) return 'image/avif';
  if (text.startsWith('\0\0\x01\0') && /\.ico$/i.test(path)) return 'image/x-icon';
  return /\.svg$/i.test(path) && /<svg[\s>]/i.test(text) ? 'image/svg+xml' : null;
}

/** RFC 6266, with the name in UTF-8 alone. */
function disposition(path: string): string {
  const name = path.split('/').at(-1) ?? '';
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `attachment; filename*=UTF-8''${encoded || 'file'}`;
}

async function readHead(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < SNIFF_BYTES) {
    const chunk = (answer.read() as Buffer | null) ?? null;
    if (chunk) {
      chunks.push(chunk);
      size += chunk.length;
    } else if (answer.readableEnded || answer.destroyed) break;
    else await new Promise((resolve) => answer.once('readable', resolve).once('end', resolve).once('close', resolve));
  }
  return Buffer.concat(chunks);
}

function bodyOf(head: Buffer, rest: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = rest[Symbol.asyncIterator]();
  let isFirst = head.length > 0;
  return new ReadableStream<Uint8Array>({
    async pull(to) {
      if (isFirst) {
        isFirst = false;
        return to.enqueue(head);
      }
      const { done, value } = await chunks.next();
      if (done) to.close();
      else to.enqueue(value as Buffer);
    },
    cancel: () => void rest.destroy(),
  });
}
