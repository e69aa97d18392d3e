// The instance's own secrets: made once, kept in a file that only root reads, handed to the processes.

import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Settings } from '#lib/env.ts';
import { replaceFile } from './replace-file.ts';

const SECRETS = z.object({
  secret: z.string().min(32),
  adminSecret: z.string().min(12),
  metricsToken: z.string().min(16),
});
export type Secrets = z.infer<typeof SECRETS>;

/** The secrets of the settings, or those of the file, or new ones: also for a file from before there was one of them. */
export async function ensureSecrets(settings: Settings): Promise<Secrets> {
  const file = path.join(settings.dataDir, 'secrets.json');
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  const fresh = {
    secret: randomBytes(32).toString('hex'),
    adminSecret: randomBytes(12).toString('base64url'),
    metricsToken: randomBytes(24).toString('base64url'),
  };
  const secrets = SECRETS.parse({ ...fresh, ...SECRETS.partial().parse(JSON.parse(kept ?? '{}')) });
  const text = JSON.stringify(secrets);
  if (kept !== text) {
    await mkdir(settings.dataDir, { recursive: true, mode: 0o755 });
    await replaceFile(file, text, 0o600);
  }
  return {
    secret: settings.secret ?? secrets.secret,
    adminSecret: settings.adminSecret ?? secrets.adminSecret,
    metricsToken: settings.metricsToken ?? secrets.metricsToken,
  };
}
