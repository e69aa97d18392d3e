// Passwords at rest: argon2id with OWASP's parameters. Comparing takes as long where there is nothing to compare with.

import { hash, verify } from '@node-rs/argon2';
import { plainPassword } from './password-rules.ts';

/** Of argon2id, which is the library's default. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(plainPassword(password), PARAMETERS);
}

/** False also without a hash, after the same time. */
export async function isPassword(passwordHash: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword(crypto.randomUUID());
  const matches = await verify(passwordHash ?? (await decoy), plainPassword(password));
  return passwordHash !== null && matches;
}

/** Of nobody's password. */
let decoy: Promise<string> | null = null;
