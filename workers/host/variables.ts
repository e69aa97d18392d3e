// The variables that an instance's processes get, and who gets which: a process is given what it needs and no secret
// besides. They are files of root's, so that none is seen in a process list (s6-envdir(1)).

import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '#lib/env.ts';
import { replaceFile } from './replace-file.ts';
import { hashTexts } from './sources.ts';

/** Who gets which variables; `host` is PostgreSQL, dockerd and HAProxy. */
export type Audience = 'workers' | 'web' | 'host';

/** Variables besides LIGHTKEEPER_… that are settings. */
const OURS = new Set(['APP_URL', 'SITES_DOMAIN', 'DATABASE_URL', 'DOCKER_HOST']);
const HOST_FACTS = new Set(['LIGHTKEEPER_BASE_DIR', 'LIGHTKEEPER_ROOT_UID', 'LIGHTKEEPER_GIT_IDS']);

const WITHHELD: Record<Audience, (name: string) => boolean> = {
  workers: (name) => ['ADMIN_SECRET', 'METRICS_TOKEN', 'GITHUB_SECRET'].includes(name.replace('LIGHTKEEPER_', '')),
  /** The web process knows no way to the engine, and mails nothing. */
  web: (name) => name === 'DOCKER_HOST' || name === 'LIGHTKEEPER_SMTP_URL' || HOST_FACTS.has(name),
  host: (name) => name === 'DATABASE_URL' || name === 'LIGHTKEEPER_SMTP_URL' || /(SECRET|TOKEN)$/.test(name),
};

export function envDir(settings: Settings, audience: Audience = 'workers'): string {
  return path.join(settings.dataDir, audience === 'workers' ? 'env' : `env-${audience}`);
}

/** What one audience gets of the variables. Pure. */
export function variablesFor(audience: Audience, variables: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !WITHHELD[audience](name)));
}

/** The settings that were given. Pure. */
export function givenVariables(env: Record<string, string | undefined>): Record<string, string> {
  const given = Object.entries(env).filter(([name]) => name.startsWith('LIGHTKEEPER_') || OURS.has(name));
  return Object.fromEntries(given.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** Writes one audience's variables, one file each, readable by root alone. Answers a name for their values. */
export async function writeVariables(
  settings: Settings,
  audience: Audience,
  variables: Record<string, string>,
): Promise<string> {
  const dir = envDir(settings, audience);
  const theirs = variablesFor(audience, variables);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  for (const old of await readdir(dir)) if (!(old in theirs)) await rm(path.join(dir, old));
  for (const [name, value] of Object.entries(theirs)) await replaceFile(path.join(dir, name), value, 0o600);
  return hashTexts(JSON.stringify(Object.entries(theirs).sort()));
}
