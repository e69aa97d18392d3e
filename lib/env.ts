// Every setting of an instance, parsed in one place. Nothing else reads process.env. Each setting has a default that
// works; the README lists them. Two instances with different settings run side by side.

import path from 'node:path';
import { z } from 'zod';
import { addresses, allowList, bytes, cidrs, count, port, portRange } from './env-forms.ts';
import { type Paths, pathsOf } from './env-paths.ts';
import { AppError } from './errors/app-error.ts';
import type { AllowedTarget } from './network/allow-list.ts';

const VARIABLES = z.object({
  /** Names everything the instance starts: bridge, firewall table, cgroup, containers. */
  LIGHTKEEPER_INSTANCE: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,10}$/, 'must be 1 to 11 lower-case letters or digits')
    .default('lightkeeper'),
  LIGHTKEEPER_DATA_DIR: z.string().startsWith('/').default('/var/lib/lightkeeper'),
  /** The base filesystem, shared by all instances of the machine. */
  LIGHTKEEPER_CACHE_DIR: z.string().startsWith('/').default('/var/cache/lightkeeper'),
  LIGHTKEEPER_BIND: z.ipv4().default('127.0.0.1'),
  LIGHTKEEPER_HTTP_PORT: port.default(8080),
  /** Where domains of people's own are served over HTTPS; empty: over HTTP alone. */
  LIGHTKEEPER_HTTPS_PORT: port.optional(),
  LIGHTKEEPER_WEB_PORT: port.default(8081),
  LIGHTKEEPER_SSH_GATEWAY_PORT: port.default(2222),
  LIGHTKEEPER_SSH_PORTS: portRange.default({ first: 22_000, last: 22_999 }),
  /** Empty: http://localhost:HTTP_PORT. */
  APP_URL: z.url().optional(),
  SITES_DOMAIN: z
    .string()
    .regex(/^[a-z0-9.-]+$/, 'is not a domain name')
    .default('localhost'),
  /** Empty: half of the free disk, 64 GB at most. */
  LIGHTKEEPER_POOL_SIZE: bytes.optional(),
  /** A btrfs filesystem of the operator's own, mounted, instead of the pool file. */
  LIGHTKEEPER_POOL_DIR: z.string().startsWith('/').optional(),
  LIGHTKEEPER_DISK: z.enum(['auto', 'btrfs', 'ext4']).default('auto'),
  LIGHTKEEPER_READY_SITES: count.max(100).default(3),
  LIGHTKEEPER_SUBNET: z
    .string()
    .regex(/^\d+\.\d+\.\d+\.0\/(1[6-9]|2[0-4])$/, 'is not a subnet such as 10.213.0.0/20')
    .default('10.213.0.0/20'),
  /** Addresses that containers may reach although they are private: CIDR or CIDR:port, with commas. */
  LIGHTKEEPER_EGRESS_ALLOW: allowList.default([]),
  /** Where alerts are mailed through; with the sender's address, e-mail is a way to be alerted. */
  LIGHTKEEPER_SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/\S+$/, 'is not a URL such as smtp://user:password@mail.example.org:587')
    .default('smtp://127.0.0.1:25'),
  LIGHTKEEPER_MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]*[^\s@<]+@[^\s@>]+>?$/, 'is not a sender such as Lightkeeper <alerts@example.org>')
    .optional(),
  /** Private addresses that alerts of users may be sent to: comma-separated CIDR. */
  LIGHTKEEPER_ALERT_ALLOW: cidrs,
  /** Private addresses that repositories may be fetched from, over plain http too: comma-separated CIDR. */
  LIGHTKEEPER_IMPORT_ALLOW: cidrs,
  /** The directory of the authority that certificates come from (RFC 8555), and whom it may write to. */
  LIGHTKEEPER_ACME_URL: z.url().default('https://acme-v02.api.letsencrypt.org/directory'),
  LIGHTKEEPER_ACME_EMAIL: z.email().optional(),
  /** A file of PEM: who signs for the authority's own server, where that is none that everybody knows. */
  LIGHTKEEPER_ACME_CA_FILE: z.string().startsWith('/').optional(),
  /** Name servers to ask about domains, with commas; empty: the machine's own. */
  LIGHTKEEPER_DNS: addresses,
  /** This server's addresses as the world sees them, with commas; empty: those of SITES_DOMAIN's names. */
  LIGHTKEEPER_PUBLIC_ADDRESSES: addresses,
  LIGHTKEEPER_LAUNCHES_PER_HOUR: count.default(10),
  /** To the API, of one caller: all, and of these the ones that change something. */
  LIGHTKEEPER_REQUESTS_PER_MINUTE: count.min(1).default(600),
  LIGHTKEEPER_CHANGES_PER_MINUTE: count.min(1).default(120),
  LIGHTKEEPER_SITES_PER_ADDRESS: count.default(5),
  /** Promised memory and disk as a multiple of what the machine has. */
  LIGHTKEEPER_OVERCOMMIT: z.coerce.number().min(0.1).max(100).default(4),
  LIGHTKEEPER_DRAIN_SECONDS: z.coerce.number().min(0).max(600).default(10),
  LIGHTKEEPER_CHECK_SECONDS: z.coerce.number().min(1).max(600).default(60),
  LIGHTKEEPER_BUILD_MINUTES: z.coerce.number().min(0.1).max(60).default(15),
  /** A member's deleted site can be brought back for so long. */
  LIGHTKEEPER_UNDO_HOURS: z.coerce.number().min(0).max(2_160).default(72),
  /** Of haproxy and web: what runs in containers or units of the operator's, with the files that `up` writes. */
  LIGHTKEEPER_ELSEWHERE: z
    .string()
    .regex(/^((haproxy|web)(,|$))*$/, 'is not a list of haproxy and web')
    .default(''),
  /** Empty: PostgreSQL is embedded. */
  DATABASE_URL: z.string().optional(),
  /** Empty: the product's own dockerd. */
  DOCKER_HOST: z.string().optional(),
  /** Found at set-up and handed to the processes: the base filesystem, root's uid in containers, git's uid:gid. */
  LIGHTKEEPER_BASE_DIR: z.string().startsWith('/').optional(),
  LIGHTKEEPER_ROOT_UID: z.coerce.number().int().min(1).optional(),
  LIGHTKEEPER_GIT_IDS: z
    .string()
    .regex(/^\d+:\d+$/, 'is not uid:gid')
    .optional(),
  LIGHTKEEPER_SECRET: z.string().min(32).optional(),
  LIGHTKEEPER_ADMIN_SECRET: z.string().min(12).optional(),
  /** An OAuth app of GitHub's, or of a GitHub Enterprise at this address: with it people sign in there. */
  LIGHTKEEPER_GITHUB_ID: z.string().optional(),
  LIGHTKEEPER_GITHUB_SECRET: z.string().optional(),
  LIGHTKEEPER_GITHUB_URL: z
    .string()
    .regex(/^https?:\/\/[^\s/]+\/?$/, 'is not an address such as https://github.example.org')
    .default('https://github.com'),
  /** Opens /metrics to a monitoring system. */
  LIGHTKEEPER_METRICS_TOKEN: z.string().min(16).optional(),
});

type Variables = z.infer<typeof VARIABLES>;

export interface Settings {
  instance: string;
  dataDir: string;
  cacheDir: string;
  bind: string;
  httpPort: number;
  /** Null: HTTP alone. */
  httpsPort: number | null;
  webPort: number;
  sshGatewayPort: number;
  sshPorts: { first: number; last: number };
  appUrl: string;
  sitesDomain: string;
  poolBytes: number | null;
  poolDir: string | null;
  disk: 'auto' | 'btrfs' | 'ext4';
  readySites: number;
  subnet: string;
  egressAllow: AllowedTarget[];
  smtpUrl: string;
  /** Null: no e-mail is sent. */
  mailFrom: string | null;
  alertAllow: string[];
  importAllow: string[];
  acme: { url: string; email: string | null; caFile: string | null };
  dnsServers: string[];
  publicAddresses: string[];
  launchesPerHour: number;
  requestsPerMinute: number;
  changesPerMinute: number;
  sitesPerAddress: number;
  overcommit: number;
  drainSeconds: number;
  checkSeconds: number;
  buildMinutes: number;
  undoHours: number;
  /** Services that `up` leaves to others. */
  elsewhere: string[];
  databaseUrl: string | null;
  dockerHost: string | null;
  /** What set-up found on this host; null before it ran. */
  host: { baseDir: string; rootUid: number; gitUser: { uid: number; gid: number } } | null;
  secret: string | null;
  adminSecret: string | null;
  metricsToken: string | null;
  /** Null: nobody signs in with GitHub. */
  github: { id: string; secret: string; url: string } | null;
  paths: Paths;
}

/** Reads the settings from environment variables. Throws `setting-invalid` that names the variable and the fault. */
export function parseSettings(env: Record<string, string | undefined>): Settings {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = VARIABLES.safeParse(present);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? 'a setting');
    throw new AppError('setting-invalid', {
      message: `The setting ${name}=${present[name] ?? ''} is not usable: ${issue?.message ?? 'unknown fault'}.`,
      hint: `Correct or unset ${name}; the README lists the settings.`,
    });
  }
  return toSettings(parsed.data);
}

function toSettings(variables: Variables): Settings {
  const dataDir = path.resolve(variables.LIGHTKEEPER_DATA_DIR);
  return {
    instance: variables.LIGHTKEEPER_INSTANCE,
    dataDir,
    cacheDir: path.resolve(variables.LIGHTKEEPER_CACHE_DIR),
    bind: variables.LIGHTKEEPER_BIND,
    httpPort: variables.LIGHTKEEPER_HTTP_PORT,
    httpsPort: variables.LIGHTKEEPER_HTTPS_PORT ?? null,
    webPort: variables.LIGHTKEEPER_WEB_PORT,
    sshGatewayPort: variables.LIGHTKEEPER_SSH_GATEWAY_PORT,
    sshPorts: variables.LIGHTKEEPER_SSH_PORTS,
    appUrl: (variables.APP_URL ?? `http://localhost:${variables.LIGHTKEEPER_HTTP_PORT}`).replace(/\/+$/, ''),
    sitesDomain: variables.SITES_DOMAIN,
    poolBytes: variables.LIGHTKEEPER_POOL_SIZE ?? null,
    poolDir: variables.LIGHTKEEPER_POOL_DIR ?? null,
    disk: variables.LIGHTKEEPER_DISK,
    readySites: variables.LIGHTKEEPER_READY_SITES,
    subnet: variables.LIGHTKEEPER_SUBNET,
    egressAllow: variables.LIGHTKEEPER_EGRESS_ALLOW,
    smtpUrl: variables.LIGHTKEEPER_SMTP_URL,
    mailFrom: variables.LIGHTKEEPER_MAIL_FROM ?? null,
    alertAllow: variables.LIGHTKEEPER_ALERT_ALLOW,
    importAllow: variables.LIGHTKEEPER_IMPORT_ALLOW,
    acme: {
      url: variables.LIGHTKEEPER_ACME_URL,
      email: variables.LIGHTKEEPER_ACME_EMAIL ?? null,
      caFile: variables.LIGHTKEEPER_ACME_CA_FILE ?? null,
    },
    dnsServers: variables.LIGHTKEEPER_DNS,
    publicAddresses: variables.LIGHTKEEPER_PUBLIC_ADDRESSES,
    launchesPerHour: variables.LIGHTKEEPER_LAUNCHES_PER_HOUR,
    requestsPerMinute: variables.LIGHTKEEPER_REQUESTS_PER_MINUTE,
    changesPerMinute: variables.LIGHTKEEPER_CHANGES_PER_MINUTE,
    sitesPerAddress: variables.LIGHTKEEPER_SITES_PER_ADDRESS,
    overcommit: variables.LIGHTKEEPER_OVERCOMMIT,
    drainSeconds: variables.LIGHTKEEPER_DRAIN_SECONDS,
    checkSeconds: variables.LIGHTKEEPER_CHECK_SECONDS,
    buildMinutes: variables.LIGHTKEEPER_BUILD_MINUTES,
    undoHours: variables.LIGHTKEEPER_UNDO_HOURS,
    elsewhere: variables.LIGHTKEEPER_ELSEWHERE.split(',').filter(Boolean),
    databaseUrl: variables.DATABASE_URL ?? null,
    dockerHost: variables.DOCKER_HOST ?? null,
    host: toHostFacts(variables),
    secret: variables.LIGHTKEEPER_SECRET ?? null,
    adminSecret: variables.LIGHTKEEPER_ADMIN_SECRET ?? null,
    metricsToken: variables.LIGHTKEEPER_METRICS_TOKEN ?? null,
    github: toGithub(variables),
    paths: pathsOf(dataDir, variables.LIGHTKEEPER_POOL_DIR ?? null),
  };
}

function toGithub(variables: Variables): Settings['github'] {
  const { LIGHTKEEPER_GITHUB_ID: id, LIGHTKEEPER_GITHUB_SECRET: secret, LIGHTKEEPER_GITHUB_URL: url } = variables;
  return id && secret ? { id, secret, url: url.replace(/\/$/, '') } : null;
}

function toHostFacts(variables: Variables): Settings['host'] {
  const { LIGHTKEEPER_BASE_DIR: baseDir, LIGHTKEEPER_ROOT_UID: rootUid, LIGHTKEEPER_GIT_IDS: gitIds } = variables;
  if (!baseDir || !rootUid || !gitIds) return null;
  const [uid = 0, gid = 0] = gitIds.split(':').map(Number);
  return { baseDir, rootUid, gitUser: { uid, gid } };
}

let parsedOnce: Settings | null = null;

/** The settings of this process, parsed at the first call. */
export function settings(): Settings {
  parsedOnce ??= parseSettings(process.env);
  return parsedOnce;
}

/** The instance's secret, which every process needs to be given. */
export function requireSecret(from: Settings): string {
  if (from.secret) return from.secret;
  throw new AppError('setting-invalid', {
    message: 'LIGHTKEEPER_SECRET is not set.',
    hint: 'Start the processes with `npm run up`, which makes one, or give the same 32 or more characters to each.',
  });
}

/** Where PostgreSQL is, which every process needs to be given. */
export function requireDatabaseUrl(from: Settings): string {
  if (from.databaseUrl) return from.databaseUrl;
  throw new AppError('setting-invalid', {
    message: 'DATABASE_URL is not set.',
    hint: 'Start the processes with `npm run up`, which starts a PostgreSQL, or name a server.',
  });
}

/** next-auth reads its own address from the environment only. */
export function shareAppUrl(from: Settings): void {
  process.env.NEXTAUTH_URL = from.appUrl;
}
