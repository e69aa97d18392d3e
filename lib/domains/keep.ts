// Keeps domains: looks them up in DNS when it is time, leads those that are proved to their sites, and has a certificate for
// each that leads here. Its map and HAProxy's certificates follow the rows.

import { seal, unseal } from '../auth/seal.ts';
import type { Db } from '../db/client.ts';
import type { Domain } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { requireSecret, type Settings } from '../env.ts';
import type { Log } from '../log.ts';
import type { Certificates } from '../proxy/certificates.ts';
import type { TextMap } from '../proxy/text-map.ts';
import { siteHost } from '../sites/address.ts';
import type { Authority, Challenges } from './authority.ts';
import { readDomainHosts } from './hosts.ts';
import { judgeDomain, type Looked } from './judge.ts';
import type { DnsLookup } from './look-up.ts';
import { secureOrigin } from './secure-origin.ts';
import { createOrderBudget, turnsOf } from './turns.ts';

export interface DomainDeps {
  db: Db;
  settings: Settings;
  log: Log;
  dns: DnsLookup;
  authority: Authority;
  /** Hosts of sites by domain; origins of the secure ones; answers for authorities. */
  domains: TextMap;
  secure: TextMap;
  challenges: TextMap;
  certificates: Certificates;
}

export interface DomainKeeper {
  /** Looks up what is due, and makes the proxy equal to the rows. */
  look(): Promise<void>;
  /** Orders the certificates that are due. */
  order(): Promise<void>;
}

/** Sites whose names are looked up at a time, and names of a round: a server that is slow to answer is waited for. */
const LOOKING_SITES_MAX = 10;
const LOOKS_MAX = 50;
const LOOKS_PER_SITE_MAX = 3;
const DUE_MAX = 500;
/** Of a round, and of an hour: Let's Encrypt takes 300 orders of one account in three hours. */
const ORDERS_MAX = 5;
const ORDERS_PER_HOUR = { perSite: 20, inAll: 90 };
const MINUTE_MS = 60_000;
/** Authorities count failures, and shut out who has too many. */
const ORDER_PAUSES_MINUTES = [1, 5, 30, 120, 720];
const WORDS_MAX = 300;

export function createDomainKeeper(deps: DomainDeps): DomainKeeper {
  const { db, settings, log, dns, authority } = deps;
  const secret = requireSecret(settings);
  const budget = createOrderBudget(ORDERS_PER_HOUR);
  const answers = new Map<string, string>();
  const challenges: Challenges = {
    async put(path, answer) {
      answers.set(path, answer);
      await deps.challenges.sync(answers);
    },
    async drop(path) {
      answers.delete(path);
      await deps.challenges.sync(answers);
    },
  };

  const lookAt = async (domain: Domain & { site: { name: string } }) => {
    const host = siteHost(settings, domain.site.name);
    const [found, own] = await Promise.all([
      dns.look(domain.name),
      settings.publicAddresses.length > 0 ? settings.publicAddresses : dns.addressesOf(host),
    ]);
    const looked = judgeDomain(domain, found, new Set(own), new Date());
    const { siteId, name } = domain;
    if (looked.provedAt && !domain.provedAt) return prove(db, domain, looked);
    await db.domain.updateMany({ where: { siteId, name }, data: { ...looked, ...provedAs(name, looked) } });
    if (hasNews(domain, looked)) await tell(db, domain, looked);
  };

  /** Two sites that prove a name at the same moment: the index lets one, and the other is looked at again. */
  const lookOrSay = (domain: Parameters<typeof lookAt>[0]) =>
    lookAt(domain).catch((cause) =>
      log.warn({ domain: domain.name, cause: String(cause) }, 'a domain was not looked at'),
    );

  const sync = async () => {
    await deps.domains.sync(await readDomainHosts(db, settings));
    // Where HTTPS was taken away again, nobody is sent there any more.
    if (settings.httpsPort === null) return void (await deps.secure.sync(new Map()));
    const rows = await db.domain.findMany({
      where: { provedAt: { not: null }, certificate: { not: null }, site: { state: { not: 'deleting' } } },
      select: { name: true, certificate: true, sealedKey: true },
    });
    const pems = rows.flatMap(({ name, certificate, sealedKey }): [string, string][] =>
      certificate && sealedKey ? [[name, `${certificate}\n${unseal(secret, sealedKey)}`]] : [],
    );
    await deps.certificates.sync(new Map(pems));
    await deps.secure.sync(new Map(pems.map(([name]) => [name, secureOrigin(settings, name)])));
  };

  const orderFor = async ({ siteId, name, failures, certificate }: Domain) => {
    try {
      const { chain, key, endsAt, renewAt } = await authority.order(name, challenges);
      const data = { certificate: chain, sealedKey: seal(secret, key), certificateEndsAt: endsAt, renewAt };
      await db.$transaction(async (tx) => {
        const { count } = await tx.domain.updateMany({
          where: { siteId, name },
          data: { ...data, orderProblem: null, failures: 0, orderAt: renewAt },
        });
        if (count > 0 && !certificate) await say(tx, siteId, `${name} has a certificate and is served over HTTPS.`);
        await notify(tx, 'site', siteId);
      });
      log.info({ siteId, domain: name, endsAt: endsAt.toISOString() }, 'a domain has a certificate');
    } catch (error) {
      const pause = ORDER_PAUSES_MINUTES[Math.min(failures, ORDER_PAUSES_MINUTES.length - 1)] ?? 1;
      const orderProblem = (error instanceof Error ? error.message : String(error)).slice(0, WORDS_MAX);
      const orderAt = new Date(Date.now() + pause * MINUTE_MS);
      await db.domain.updateMany({
        where: { siteId, name },
        data: { orderProblem, failures: { increment: 1 }, orderAt },
      });
      await notify(db, 'site', siteId);
      log.warn({ siteId, domain: name, cause: orderProblem }, 'a domain got no certificate');
    }
  };

  return {
    async look() {
      const due = await db.domain.findMany({
        where: { lookAt: { lte: new Date() }, site: { state: 'live' } },
        orderBy: { lookAt: 'asc' },
        take: DUE_MAX,
        include: { site: { select: { name: true } } },
      });
      const turns = turnsOf(due, LOOKS_PER_SITE_MAX, LOOKS_MAX);
      const lane = async () => {
        for (let turn = turns.shift(); turn; turn = turns.shift()) for (const domain of turn) await lookOrSay(domain);
      };
      await Promise.all(Array.from({ length: LOOKING_SITES_MAX }, lane));
      await sync();
    },
    async order() {
      if (settings.httpsPort === null) return;
      const now = new Date();
      const due = await db.domain.findMany({
        where: {
          ...{
            provedAt: { not: null },
            missingAt: null,
            leadsHere: true,
            orderAt: { lte: now },
            site: { state: 'live' },
          },
          OR: [{ certificate: null }, { renewAt: { lte: now } }],
        },
        // Who would lose a certificate goes first.
        orderBy: [{ certificateEndsAt: { sort: 'asc', nulls: 'last' } }, { orderAt: 'asc' }],
        take: DUE_MAX,
      });
      let ordered = 0;
      for (const domain of due) {
        if (ordered === ORDERS_MAX) break;
        if (!budget.take(domain.siteId, now.getTime())) continue;
        ordered += 1;
        await orderFor(domain);
        await sync();
      }
    },
  };
}

/**
 * A name that another site has proved is not taken from it while its proof is there: that one is looked at first, and this
 * one again in a moment.
 */
async function prove(db: Db, domain: Domain, looked: Looked): Promise<void> {
  const { siteId, name } = domain;
  const other = await db.domain.findFirst({ where: { name, provedAt: { not: null }, NOT: { siteId } } });
  if (other) {
    const problem = `Another site has ${name}. It is free once its TXT record is gone.`;
    const soon = new Date(looked.lookedAt.getTime() + 30_000);
    if (other.missingAt === null) {
      await db.domain.updateMany({ where: { siteId: other.siteId, name }, data: { lookAt: looked.lookedAt } });
      await db.domain.updateMany({
        where: { siteId, name },
        data: { ...looked, provedAt: null, provedName: null, problem, lookAt: soon },
      });
      return;
    }
    await db.domain.updateMany({
      where: { siteId: other.siteId, name },
      data: { provedAt: null, provedName: null, missingAt: null, ...NO_CERTIFICATE },
    });
    await say(db, other.siteId, `${name} belongs to another site now, which has its TXT record.`);
    await notify(db, 'site', other.siteId);
  }
  await db.domain.updateMany({
    where: { siteId, name },
    data: { ...looked, ...provedAs(name, looked), ...NO_CERTIFICATE, orderAt: looked.lookedAt },
  });
  await tell(db, domain, looked);
}

/** Beside when it was proved, for the index that lets a name lead to one site. */
function provedAs(name: string, { provedAt }: Looked) {
  return { provedName: provedAt && name };
}

const NO_CERTIFICATE = { certificate: null, sealedKey: null, certificateEndsAt: null, renewAt: null };

function hasNews(before: Domain, now: Looked): boolean {
  return (
    (before.provedAt === null) !== (now.provedAt === null) ||
    before.leadsHere !== now.leadsHere ||
    (before.missingAt === null) !== (now.missingAt === null) ||
    before.problem !== now.problem
  );
}

async function tell(db: Db, before: Domain, now: Looked): Promise<void> {
  const { siteId, name } = before;
  if (!before.provedAt && now.provedAt) await say(db, siteId, `${name} is this site's: its TXT record is there.`);
  if (before.provedAt && !now.provedAt)
    await say(db, siteId, `${name} is no longer this site's: its TXT record is gone.`);
  await notify(db, 'site', siteId);
}

async function say(db: Pick<Db, 'event'>, siteId: string, text: string): Promise<void> {
  await db.event.create({ data: { siteId, kind: 'domain', text } });
}
