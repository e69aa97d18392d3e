import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BODY_BYTES_MAX, isForm, readJson } from './body.ts';

const SCHEMA = z.object({ name: z.string().nullish() });
const post = (body: BodyInit | null, headers: Record<string, string> = {}) =>
  new Request('http://localhost/', { method: 'POST', body, headers });
const refused = expect.objectContaining({ code: 'bad-request' });

describe('readJson', () => {
  it('reads what fits the schema, and an empty body as {}', async () => {
    expect(await readJson(post('{"name":"x","more":1}'), SCHEMA)).toEqual({ name: 'x' });
    expect(await readJson(post(null), SCHEMA)).toEqual({});
  });

  it.each(['{', '"text"', '[]', '{"name":1}', 'null'])('refuses %s', async (text) => {
    await expect(readJson(post(text), SCHEMA)).rejects.toThrow(refused);
  });

  it('stops at the first byte past the limit, whatever the headers say', async () => {
    const body = `{"name":"${'x'.repeat(BODY_BYTES_MAX)}"}`;
    await expect(readJson(post(body, { 'content-length': '2' }), SCHEMA)).rejects.toThrow(refused);
  });

  it('survives a hundred thousand brackets', async () => {
    await expect(readJson(post('['.repeat(60_000)), SCHEMA)).rejects.toThrow(refused);
  });

  it('makes no prototype of "__proto__"', async () => {
    const value = await readJson(post('{"__proto__":{"name":"evil"}}'), SCHEMA);
    expect(value.name).toBeUndefined();
  });
});

describe('isForm', () => {
  const FORM = 'application/x-www-form-urlencoded';
  it('knows a browser’s form from a script that named no content type', () => {
    expect(isForm(post('a=1', { 'content-type': FORM, accept: 'text/html,*/*' }))).toBe(true);
    expect(isForm(post('{}', { 'content-type': FORM, accept: '*/*' }))).toBe(false);
  });
});
