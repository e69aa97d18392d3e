import { expect, test } from 'vitest';
import { givenVariables, variablesFor } from './variables.ts';

const all = {
  LIGHTKEEPER_INSTANCE: 'one',
  LIGHTKEEPER_SECRET: 's',
  LIGHTKEEPER_ADMIN_SECRET: 'a',
  LIGHTKEEPER_METRICS_TOKEN: 'm',
  LIGHTKEEPER_GITHUB_SECRET: 'g',
  LIGHTKEEPER_BASE_DIR: '/base',
  LIGHTKEEPER_SMTP_URL: 'smtp://user:password@mail',
  DATABASE_URL: 'postgresql://x',
  DOCKER_HOST: 'unix:///x',
};

test('the web app gets no way to the engine and nothing about the host', () => {
  expect(Object.keys(variablesFor('web', all))).toEqual([
    'LIGHTKEEPER_INSTANCE',
    'LIGHTKEEPER_SECRET',
    'LIGHTKEEPER_ADMIN_SECRET',
    'LIGHTKEEPER_METRICS_TOKEN',
    'LIGHTKEEPER_GITHUB_SECRET',
    'DATABASE_URL',
  ]);
});

test('PostgreSQL, engine and proxy get no secret', () => {
  expect(Object.keys(variablesFor('host', all)).join()).not.toMatch(/SECRET|TOKEN|DATABASE_URL|SMTP/);
});

test('workers get all but the ways to sign in and to read the metrics', () => {
  expect(Object.keys(all).filter((name) => !(name in variablesFor('workers', all)))).toEqual([
    'LIGHTKEEPER_ADMIN_SECRET',
    'LIGHTKEEPER_METRICS_TOKEN',
    'LIGHTKEEPER_GITHUB_SECRET',
  ]);
});

test('of an environment only settings that have a value are taken', () => {
  const env = { LIGHTKEEPER_HTTP_PORT: '80', LIGHTKEEPER_BIND: '', APP_URL: 'http://x', PATH: '/bin', HOME: undefined };
  expect(givenVariables(env)).toEqual({ LIGHTKEEPER_HTTP_PORT: '80', APP_URL: 'http://x' });
});
