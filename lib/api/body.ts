// Bodies and queries of requests: bounded, parsed, checked. Nothing past this file sees what a caller really sent.

import type { z } from 'zod';
import { formatBytes } from '../bytes.ts';
import { AppError } from '../errors/app-error.ts';

export const BODY_BYTES_MAX = 64 * 1024;

/** Reads a JSON body; an empty one counts as `{}`. Throws `bad-request` that names the field at fault. */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  bytesMax = BODY_BYTES_MAX,
): Promise<z.infer<Schema>> {
  return check(schema, parseJson((await readBody(request, bytesMax)).toString('utf8')));
}

/** Reads the fields of an HTML form. Throws `bad-request`. */
export async function readForm<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.infer<Schema>> {
  const fields = new URLSearchParams((await readBody(request)).toString('utf8'));
  return check(schema, Object.fromEntries(fields));
}

/** Reads the query of the address. Throws `bad-request` that names the parameter at fault. */
export function readQuery<Schema extends z.ZodType>(request: Request, schema: Schema): z.infer<Schema> {
  return check(schema, Object.fromEntries(new URL(request.url).searchParams));
}

/** Sent by a page's form, by a browser; `curl -d` calls JSON a form too, but asks for no page. */
export function isForm({ headers }: Request): boolean {
  const isUrlEncoded = (headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded');
  return isUrlEncoded && (headers.get('accept') ?? '').includes('text/html');
}

/** The whole body. Throws `bad-request` at the first byte past the limit, whatever Content-Length said. */
export async function readBody(request: Request, bytesMax = BODY_BYTES_MAX): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > bytesMax) throw badRequest(`The body is larger than ${formatBytes(bytesMax)}.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badRequest('The body is not JSON.', cause);
  }
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw badRequest(`"${issue?.path.join('.') || 'body'}" is not right: ${issue?.message ?? 'unknown fault'}.`);
}

function badRequest(message: string, cause?: unknown): AppError {
  return new AppError('bad-request', { message, hint: 'Correct the request and send it again.', cause });
}
