import { describe, expect, it } from 'vitest';
import { checkOrigin } from './origin.ts';

const APP = 'http://localhost:8080';
const check = (headers: Record<string, string>) => () => checkOrigin(APP, new Headers(headers));

describe('checkOrigin', () => {
  it.each([
    ['our own page', { origin: 'http://localhost:8080', host: 'localhost:8080' }],
    ['our page under another name', { origin: 'http://192.0.2.7:8080', host: '192.0.2.7:8080' }],
    ['a program without a browser', { host: 'localhost:8080' }],
    ['our page without Origin', { 'sec-fetch-site': 'same-origin' }],
    ['an address that was typed', { 'sec-fetch-site': 'none' }],
  ])('lets %s in', (_who, headers) => {
    expect(check(headers)).not.toThrow();
  });

  it.each([
    ["a tenant's page", { origin: 'http://evil.localhost:8080', host: 'localhost:8080' }],
    ['another port', { origin: 'http://localhost:9999', host: 'localhost:8080' }],
    ['a sandboxed frame', { origin: 'null', host: 'localhost:8080' }],
    ['no address at all', { origin: 'nonsense', host: 'localhost:8080' }],
    ['a page of the same site without Origin', { 'sec-fetch-site': 'same-site' }],
    ['a foreign page without Origin', { 'sec-fetch-site': 'cross-site' }],
  ])('refuses %s', (_who, headers) => {
    expect(check(headers)).toThrow(expect.objectContaining({ code: 'foreign-origin' }));
  });
});
