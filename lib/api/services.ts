// What the web process is made of, built once at the first request. The only place that knows all parts; everything
// else is given what it needs.

import { createWatch, type Watch } from '../admin/watch.ts';
import { REFUSALS_PER_HOUR } from '../auth/note-refusal.ts';
import { createThrottle, type Throttle } from '../auth/throttle.ts';
import { type Db, openDb } from '../db/client.ts';
import { requireDatabaseUrl, type Settings, settings, shareAppUrl } from '../env.ts';
import { createLog, type Log } from '../log.ts';
import { type Bells, createBells } from './bells.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { createStreamLimit, type StreamLimit } from './stream-limit.ts';

export interface Services {
  settings: Settings;
  db: Db;
  log: Log;
  bells: Bells;
  streams: StreamLimit;
  /** Requests to the API, by caller. */
  rates: RateLimit;
  signIns: Throttle;
  /** Refused sign-ins that are audited, of all callers. */
  refusals: Throttle;
  /** Attempts to enter an account: from one address, and to one account. */
  entries: Throttle;
  accountEntries: Throttle;
  /** Accounts made from one address. */
  signUps: Throttle;
  /** Links mailed to one mailbox, and asked for from one address. */
  linkMails: Throttle;
  linkMailsFrom: Throttle;
  /** Mails that ask an address whether it wants alerts. */
  confirmations: Throttle;
  alertTests: Throttle;
  /** To share a site. */
  invitations: Throttle;
  /** Calls of webhooks: that were refused, by caller, and that were taken, by site. */
  hookRefusals: Throttle;
  hooks: Throttle;
  /** Reads all sites while an operator looks. */
  overview: Watch;
}

const SIGN_INS_PER_MINUTE = 5;
const ENTRIES_MS = 5 * 60_000;
const ENTRIES_MAX = 60;
const ACCOUNT_ENTRIES_MAX = 8;
const SIGN_UPS_PER_HOUR = 60;
const LINKS_TO_MAILBOX_PER_HOUR = 6;
const LINKS_FROM_ADDRESS_PER_HOUR = 60;
const CONFIRMATIONS_PER_HOUR = 5;
const ALERT_TESTS_PER_MINUTE = 10;
const INVITATIONS_PER_HOUR = 60;
const HOOK_CALLS_PER_MINUTE = 30;
const DB_CONNECTIONS_MAX = 10;

/** Next loads modules once for each bundle; a process has one set of services all the same. */
const KEY = Symbol.for('lightkeeper.web.services');
const store = globalThis as { [KEY]?: Services };

export function services(): Services {
  store[KEY] ??= createServices(settings());
  return store[KEY];
}

/** Ends open streams when the process is told to stop: they would hold the server open. */
export function closeServicesAtExit(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => store[KEY]?.streams.closeAll());
}

function createServices(from: Settings): Services {
  const log = createLog('web');
  const databaseUrl = requireDatabaseUrl(from);
  const db = openDb(databaseUrl, DB_CONNECTIONS_MAX);
  shareAppUrl(from);
  return {
    settings: from,
    db,
    log,
    bells: createBells({ databaseUrl, log }),
    streams: createStreamLimit(),
    rates: createRateLimit({ requestsPerMinute: from.requestsPerMinute, changesPerMinute: from.changesPerMinute }),
    signIns: createThrottle(SIGN_INS_PER_MINUTE, 60_000),
    refusals: createThrottle(REFUSALS_PER_HOUR, 3_600_000),
    entries: createThrottle(ENTRIES_MAX, ENTRIES_MS),
    accountEntries: createThrottle(ACCOUNT_ENTRIES_MAX, ENTRIES_MS),
    signUps: createThrottle(SIGN_UPS_PER_HOUR, 3_600_000),
    linkMails: createThrottle(LINKS_TO_MAILBOX_PER_HOUR, 3_600_000),
    linkMailsFrom: createThrottle(LINKS_FROM_ADDRESS_PER_HOUR, 3_600_000),
    confirmations: createThrottle(CONFIRMATIONS_PER_HOUR, 3_600_000),
    alertTests: createThrottle(ALERT_TESTS_PER_MINUTE, 60_000),
    invitations: createThrottle(INVITATIONS_PER_HOUR, 3_600_000),
    hookRefusals: createThrottle(HOOK_CALLS_PER_MINUTE, 60_000),
    hooks: createThrottle(HOOK_CALLS_PER_MINUTE, 60_000),
    overview: createWatch({ db, settings: from, log }),
  };
}
