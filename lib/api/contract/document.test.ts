// The document is whole: each handler below app/api is an operation in it and the other way round, and it is valid.

import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { namesIn, renderDocument } from './document.ts';
import { OPERATIONS } from './operations.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const routes = globSync('app/api/**/route.ts', { cwd: root });
const document = renderDocument(OPERATIONS, { appUrl: 'https://example.org', sessionCookie: 'session' });
const text = JSON.stringify(document);

/** next-auth's own, which are for browsers. */
const LEFT_OUT = 'app/api/auth/';

/** "METHOD /path" of each handler that a file exports. */
function waysOf(file: string): string[] {
  const source = readFileSync(path.join(root, file), 'utf8');
  const named = [...source.matchAll(/^export (?:const|async function|function) ([A-Z]+)\b/gm)].map(
    ([, method]) => method,
  );
  const listed = [...source.matchAll(/^export (?:const )?\{ ([A-Z, ]+) \}/gm)].flatMap(([, list = '']) =>
    list.split(', '),
  );
  const place = path.dirname(file).replace(/^app/, '').replaceAll('[', '{').replaceAll(']', '}');
  return [...named, ...listed].map((method) => `${method} ${place}`);
}

test('every handler of app/api is in the document, and nothing else', () => {
  const ways = routes.filter((file) => !file.startsWith(LEFT_OUT)).flatMap(waysOf);
  const described = OPERATIONS.map(({ method, path: place }) => `${method} ${place}`);
  expect(described.sort()).toEqual(ways.sort());
  expect(ways.length).toBeGreaterThan(70);
});

test('a route parses with the schemas of the document: none makes one of its own', () => {
  const own = routes.filter((file) => /from 'zod'/.test(readFileSync(path.join(root, file), 'utf8')));
  expect(own).toEqual([]);
});

test('every body and query schema is read by a route', () => {
  const parts = [...routes, ...globSync('lib/api/*.ts', { cwd: root })];
  const sources = parts
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(path.join(root, file), 'utf8'));
  const contract = globSync('lib/api/contract/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
  const used = new Set(
    contract.flatMap((file) =>
      [...readFileSync(path.join(root, file), 'utf8').matchAll(/^ +(?:body|query): ([A-Z_]+)/gm)].map(
        ([, name = '']) => name,
      ),
    ),
  );
  const unread = [...used].filter((name) => !sources.some((source) => new RegExp(`\\b${name}\\b`).test(source)));
  // A place is read leniently, by hand.
  expect(unread).toEqual(['PLACE_QUERY']);
});

describe('the document', () => {
  it('names each operation once', () => {
    const ids = OPERATIONS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/);
  });

  it('has what each reference points to', () => {
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) => reference);
    expect(references.length).toBeGreaterThan(100);
    for (const reference of new Set(references)) {
      const found = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], document);
      expect(found, reference).toBeDefined();
    }
    expect(text).not.toContain('$defs');
  });

  it('declares the parameters of each path, and no other', () => {
    const paths = document.paths as Record<
      string,
      Record<string, { parameters: { name: string; in: string; schema: unknown }[] }>
    >;
    for (const [place, methods] of Object.entries(paths)) {
      for (const { parameters } of Object.values(methods)) {
        const declared = parameters.filter((parameter) => parameter.in === 'path');
        expect(declared.map(({ name }) => name)).toEqual(namesIn(place));
        for (const { name, schema } of parameters) expect(schema, `${place} ${name}`).toBeTypeOf('object');
      }
    }
  });

  it('describes an answer for each operation, and says of each who may', () => {
    for (const { id, answers, summary } of OPERATIONS) {
      expect(
        Object.keys(answers).every((status) => /^2\d\d$/.test(status)),
        id,
      ).toBe(true);
      expect(Object.keys(answers).length, id).toBeGreaterThan(0);
      expect(summary, id).toMatch(/^[A-Z].*[^.]$/);
    }
  });

  it('is JSON Schema that parses again', () => {
    const { schemas } = document.components as { schemas: Record<string, z.core.JSONSchema.JSONSchema> };
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(['Deployment', 'Error', 'Site', 'Token']));
    const error = z.fromJSONSchema(schemas.Error ?? {});
    expect(error.safeParse({ error: { code: 'not-found', message: 'm', hint: 'h' } }).success).toBe(true);
    expect(error.safeParse({ error: { code: 'no-code-of-ours', message: 'm', hint: 'h' } }).success).toBe(false);
  });

  it('describes what is sent as it may be sent, defaults left out', () => {
    const paths = document.paths as Record<
      string,
      Record<
        string,
        { requestBody: { required: boolean; content: Record<string, { schema: { required?: string[] } }> } }
      >
    >;
    const sent = paths['/api/tokens']?.post?.requestBody;
    expect(sent?.required).toBe(true);
    expect(sent?.content['application/json']?.schema.required).toEqual(['name', 'scope']);
    expect(paths['/api/sites']?.post?.requestBody.required).toBe(false);
  });
});
