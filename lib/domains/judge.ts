// What a look at DNS means for a domain. Pure.

import type { Found } from './look-up.ts';
import { proofName, proofText } from './records.ts';

export interface Looked {
  provedAt: Date | null;
  missingAt: Date | null;
  leadsHere: boolean;
  problem: string | null;
  lookedAt: Date;
  lookAt: Date;
}

export interface Known {
  name: string;
  proof: string;
  createdAt: Date;
  provedAt: Date | null;
  missingAt: Date | null;
  leadsHere: boolean;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
/** A proof that is gone counts for so long: a mistake at the registrar must not take a site down. */
export const MISSING_DAYS = 7;

/** `here`: this server's addresses. */
export function judgeDomain(known: Known, found: Found, here: ReadonlySet<string>, now: Date): Looked {
  if (found.failure !== null && found.proofs.length === 0) return unanswered(known, found.failure, now);
  const hasProof = found.proofs.includes(proofText(known.proof));
  const missingAt = hasProof || known.provedAt === null ? null : (known.missingAt ?? now);
  const hasLapsed = missingAt !== null && now.getTime() - missingAt.getTime() >= MISSING_DAYS * DAY;
  const provedAt = hasProof ? (known.provedAt ?? now) : hasLapsed ? null : known.provedAt;
  const elsewhere = found.addresses.filter((address) => !here.has(address));
  const leadsHere = found.addresses.length > 0 && elsewhere.length === 0;
  const looked = {
    provedAt,
    missingAt: provedAt === null ? null : missingAt,
    leadsHere,
    problem: problemOf(known, { hasProof, leadsHere, elsewhere }),
    lookedAt: now,
  };
  return { ...looked, lookAt: nextLook(known, looked, now) };
}

/** DNS that does not answer changes nothing that is known. */
function unanswered(known: Known, failure: string, now: Date): Looked {
  const { provedAt, missingAt, leadsHere } = known;
  const problem = `The name servers of ${known.name} do not answer (${failure}).`;
  return { provedAt, missingAt, leadsHere, problem, lookedAt: now, lookAt: new Date(now.getTime() + MINUTE) };
}

function problemOf(
  { name, proof }: Known,
  { hasProof, leadsHere, elsewhere }: { hasProof: boolean; leadsHere: boolean; elsewhere: string[] },
): string | null {
  if (!hasProof) return `There is no TXT record “${proofText(proof)}” at ${proofName(name)}.`;
  if (leadsHere) return null;
  if (elsewhere.length === 0) return `${name} leads nowhere: it has no address.`;
  return `${name} leads to ${elsewhere.slice(0, 3).join(', ')}, which is not this server.`;
}

/** Often while somebody is likely to wait for it, seldom when all is well. */
function nextLook({ createdAt }: Known, { provedAt, leadsHere, missingAt }: Omit<Looked, 'lookAt'>, now: Date): Date {
  if (provedAt && leadsHere && !missingAt) return new Date(now.getTime() + DAY);
  const age = now.getTime() - createdAt.getTime();
  const pause = age < 10 * MINUTE ? 10 * SECOND : age < 6 * 60 * MINUTE ? 2 * MINUTE : 30 * MINUTE;
  return new Date(now.getTime() + pause);
}
