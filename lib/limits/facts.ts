// What the policy needs of all sites that somebody owns, with one statement a round.

import type { Db } from '../db/client.ts';
import type { Plan, Site } from '../db/generated/client.ts';
import { limitsOf, type OwnLimit, type SiteLimits } from '../sites/limits.ts';
import { type JudgedSite, type JudgeState, stateOfRows } from './judged.ts';
import type { Verdict } from './verdict.ts';

export interface SiteFacts {
  site: JudgedSite;
  limits: SiteLimits;
}

type Row = Omit<JudgedSite, 'freezeAfterMinutes' | 'stopAfterMinutes'> & { planName: string } & Pick<Site, OwnLimit>;

/** Sites in the pool have no owner to tell, and are not judged. */
export async function readFacts(db: Db): Promise<SiteFacts[]> {
  const [rows, plans] = await Promise.all([
    db.$queryRaw<Row[]>`
      select s.id, s.state::text, u.role::text as "ownerRole", s.rest::text, s."activeAt",
        coalesce(s."claimedAt", s."createdAt") as "claimedAt", s."expiresAt", s."heldBy"::text, s."heldFor",
        s."diskHeldFor", s."planName", s."diskBytesMax", s."inodesMax", s."memoryBytesMax", s."cpuMillisMax",
        s."pidsMax", s."bandwidthBytesMax", s."connectionsMax", s."newConnectionsMax"
      from "Site" s join "User" u on u.id = s."ownerId" where s.state <> 'deleting'`,
    db.plan.findMany(),
  ]);
  const byName = new Map(plans.map((plan) => [plan.name, plan]));
  return rows.flatMap((row) => {
    const plan = byName.get(row.planName);
    return plan ? [factsOf(row, plan)] : [];
  });
}

function factsOf(row: Row, plan: Plan): SiteFacts {
  const { freezeAfterMinutes, stopAfterMinutes } = plan;
  return { site: { ...row, freezeAfterMinutes, stopAfterMinutes }, limits: limitsOf({ ...row, plan }) };
}

/** The open verdicts of all sites, as a keeper that starts takes them over. */
export async function readStates(db: Db, now: Date): Promise<Map<string, JudgeState>> {
  const rows = await db.verdict.findMany();
  const bySite = Map.groupBy(rows, ({ siteId }) => siteId);
  return new Map([...bySite].map(([siteId, own]) => [siteId, stateOfRows(own as (Verdict & { since: Date })[], now)]));
}
