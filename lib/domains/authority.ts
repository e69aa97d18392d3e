// The certificate authority: an order for a name, answered over HTTP on that name (RFC 8555, 8.3).

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import type acme from 'acme-client';
import { seal, unseal } from '../auth/seal.ts';
import type { Db } from '../db/client.ts';
import { requireSecret, type Settings } from '../env.ts';

export interface Challenges {
  /** From now on the name's web server answers so. */
  put(path: string, answer: string): Promise<void>;
  drop(path: string): Promise<void>;
}

export interface Issued {
  /** The name's certificate and those above it, in PEM. */
  chain: string;
  key: string;
  endsAt: Date;
  renewAt: Date;
}

export interface Authority {
  /** Throws what the authority says is wrong, or that it does not answer. Takes some seconds, a minute at the most. */
  order(name: string, challenges: Challenges): Promise<Issued>;
}

const ORDER_MS_MAX = 60_000;
const PATIENCE = { backoffAttempts: 12, backoffMin: 500, backoffMax: 5_000 };

export function createAuthority({ db, settings }: { db: Db; settings: Settings }): Authority {
  const { url, email, caFile } = settings.acme;

  /** The library has one HTTP client for all its orders. An authority may have another root by the next one. */
  const trust = async (acme: Acme) => {
    acme.axios.defaults.timeout = 15_000;
    if (!caFile) return;
    const ca = [...rootCertificates, await readFile(caFile, 'utf8')];
    acme.axios.defaults.httpsAgent = new https.Agent({ ca });
  };

  return {
    async order(name, challenges) {
      const acme = await loadAcme();
      await trust(acme);
      const account = await openAccount(acme, db, requireSecret(settings), url);
      const client = new acme.Client({ directoryUrl: url, accountKey: account.key, ...PATIENCE });
      const key = await acme.crypto.createPrivateEcdsaKey();
      const [, csr] = await acme.crypto.createCsr({ commonName: name, altNames: [name] }, key);
      const pathOf = (token: string) => `/.well-known/acme-challenge/${token}`;
      const chain = await withTimeout(
        client.auto({
          csr,
          ...(email ? { email } : {}),
          termsOfServiceAgreed: true,
          skipChallengeVerification: true, // It asks from here, which is not how the world sees the name.
          challengePriority: ['http-01'],
          challengeCreateFn: (_, { token }, answer) => challenges.put(pathOf(token), answer),
          challengeRemoveFn: (_, { token }) => challenges.drop(pathOf(token)),
        }),
      );
      const { validFrom, validTo } = new X509Certificate(chain);
      const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
      return { chain, key: key.toString(), endsAt: new Date(to), renewAt: new Date(from + ((to - from) * 2) / 3) };
    },
  };
}

type Acme = typeof acme;

/** Loaded by the first order: 10 MB that a server without domains does without. */
async function loadAcme(): Promise<Acme> {
  return (await import('acme-client')).default;
}

/** One key for each authority. A second process that makes one at the same moment takes the first one's. */
async function openAccount(acme: Acme, db: Db, secret: string, directory: string): Promise<{ key: string }> {
  const known = await db.acmeAccount.findUnique({ where: { directory } });
  if (known) return { key: unseal(secret, known.sealedKey) };
  const key = (await acme.crypto.createPrivateEcdsaKey()).toString();
  await db.acmeAccount.createMany({ data: { directory, sealedKey: seal(secret, key) }, skipDuplicates: true });
  const kept = await db.acmeAccount.findUniqueOrThrow({ where: { directory } });
  return { key: unseal(secret, kept.sealedKey) };
}

async function withTimeout<Value>(work: Promise<Value>): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`the authority did not finish within ${ORDER_MS_MAX / 1000} seconds`)),
    ORDER_MS_MAX,
  );
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
