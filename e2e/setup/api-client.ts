// The client of the API that the tests use: generated from the document of the running instance, checked by the compiler,
// and with each answer checked against the document, where nothing may be that it does not tell.

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { APP_URL } from './fixtures.ts';
import { run } from './programs.ts';
import { type ApiDocument, type DocumentedOperation, renderClient, type Schema } from './render-client.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Given {
  path?: Record<string, string | number>;
  query?: Record<string, string | number>;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Told {
  ok: boolean;
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many forms.
  data: any;
  error?: { code: string; message: string; hint: string };
}

export type Client = Record<string, (given?: Given) => Promise<Told>>;

export interface Api {
  operations: { id: string; method: string; path: string; operation: DocumentedOperation }[];
  /** A client that sends these headers. */
  as(headers: Record<string, string>): Client;
  /** What is wrong with an answer of the operation; null: it is as the document says. */
  faultOf(id: string, told: Told): string | null;
  /** Generated TypeScript, in a file. */
  file: string;
}

export async function generateApi(): Promise<Api> {
  const document = (await (await fetch(`${APP_URL}/api/openapi.json`)).json()) as ApiDocument;
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'lightkeeper-client-')), 'client.mts');
  await writeFile(file, renderClient(document));
  const { createClient, askAt } = (await import(pathToFileURL(file).href)) as {
    createClient(ask: unknown): Client;
    askAt(address: string, headers: Record<string, string>): unknown;
  };
  const operations = Object.entries(document.paths).flatMap(([place, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...{ id: operation.operationId, method: method.toUpperCase(), path: place, operation },
    })),
  );
  const byId = new Map(operations.map((each) => [each.id, each.operation]));
  return {
    operations,
    as: (headers) => createClient(askAt(APP_URL, headers)),
    faultOf: (id, told) => faultOf(document, byId.get(id), told),
    file,
  };
}

/** What the compiler says against the generated client; empty: nothing. */
export async function compile(file: string): Promise<string> {
  const flags = [
    '--noEmit',
    '--ignoreConfig',
    '--strict',
    '--target',
    'esnext',
    '--module',
    'nodenext',
    '--lib',
    'esnext,dom',
    '--types',
    '',
  ];
  const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  return (await run(process.execPath, [compiler, ...flags, file])).stdout;
}

function faultOf(document: ApiDocument, operation: DocumentedOperation | undefined, told: Told): string | null {
  if (!operation) return 'there is no such operation';
  if (!told.ok) return parse(document, document.components.schemas.Error ?? {}, { error: told.error });
  const answer = operation.responses[String(told.status)];
  if (!answer) return `status ${told.status} is not in the document`;
  const schema = answer.content?.['application/json']?.schema;
  if (schema) return parse(document, schema, told.data);
  const type = told.headers.get('content-type') ?? '';
  return Object.keys(answer.content ?? {}).some((known) => type.startsWith(known)) || type.startsWith('image/')
    ? null
    : `the type ${type} is not in the document`;
}

function parse(document: ApiDocument, schema: Schema, value: unknown): string | null {
  const whole = JSON.parse(
    JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll('#/components/schemas/', '#/$defs/'),
  );
  const parsed = z.fromJSONSchema(closed(whole) as z.core.JSONSchema.JSONSchema).safeParse(value);
  return parsed.success ? null : z.prettifyError(parsed.error);
}

/** The same schema, where an object has no field that is not named. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]));
  const isOpen = inner.type === 'object' && 'properties' in inner && !('additionalProperties' in inner);
  return isOpen ? { ...inner, additionalProperties: false } : inner;
}
