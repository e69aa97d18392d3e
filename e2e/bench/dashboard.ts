// The operator's dashboard with a thousand sites: rows in a database of their own, where no worker takes them for sites
// to launch, and a second web process that reads it.

import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium } from '@playwright/test';
import { Client } from 'pg';
import { openDb } from '#lib/db/client.ts';
import { migrate } from '#lib/db/migrate.ts';
import { seedPlans } from '../../prisma/seed.ts';
import { TEST_PACKAGES } from '../setup/test-instance.ts';
import { BENCH_INSTANCE, untilServed } from './instance.ts';
import { compare, type Figure, timed } from './measure.ts';

const SITES = 1_000;
const PORT = '17082';
const URL_OF_WEB = `http://localhost:${PORT}`;
const SECRET = 'secret-of-the-bench';
const MB = 1024n * 1024n;

/** Server time, bytes and the time until rows are seen, each beside the least that it could be. */
export async function benchDashboard(): Promise<Figure[]> {
  const url = await makeDatabase();
  const web = await startWeb(url);
  const browser = await openBrowser();
  try {
    const context = await signIn(browser, URL_OF_WEB, SECRET);
    const list = await context.request.get(`${URL_OF_WEB}/api/admin/sites`);
    const kilobytes = Math.round((await list.body()).length / 1_024);
    return [
      await compare(
        `all ${SITES} sites as JSON (${kilobytes} KB)`,
        'an answer of no rows',
        15,
        () => timed(() => context.request.get(`${URL_OF_WEB}/api/admin/sites`)),
        () => timed(() => context.request.get(`${URL_OF_WEB}/api/admin/host`)),
      ),
      await compare(
        `dashboard of ${SITES} sites, rows seen`,
        'a page without rows, seen',
        9,
        () => untilSeen(context, `${URL_OF_WEB}/admin`, '[data-index="0"]'),
        () => untilSeen(context, `${URL_OF_WEB}/admin/audit`, 'h1'),
      ),
      await compare(
        `dashboard of ${SITES} sites, all rows there`,
        'a page without rows, seen',
        9,
        () => untilSeen(context, `${URL_OF_WEB}/admin`, '[data-whole="true"]'),
        () => untilSeen(context, `${URL_OF_WEB}/admin/audit`, 'h1'),
      ),
    ];
  } finally {
    await browser.close();
    web.kill('SIGKILL');
    await dropDatabase();
  }
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: TEST_PACKAGES.chromium, args: ['--no-sandbox', '--disable-gpu'] });
}

/** Milliseconds until a page of the operator's shows it. */
export async function untilSeen(context: BrowserContext, url: string, selector: string): Promise<number> {
  const page = await context.newPage();
  const took = await timed(async () => {
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator(selector).first().waitFor();
  });
  await page.close();
  return took;
}

/** A browser that is signed in as admin. */
export async function signIn(browser: Browser, app: string, secret: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${app}/admin/sign-in`);
  await page.getByLabel('Admin secret').fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/admin$/);
  await page.close();
  return context;
}

/** The instance's own build, as its service starts it, on another port and database. */
async function startWeb(databaseUrl: string) {
  const dataDir = BENCH_INSTANCE.LIGHTKEEPER_DATA_DIR;
  const env: NodeJS.ProcessEnv = {
    ...(await readVariables(path.join(dataDir, 'env'))),
    ...{ NODE_ENV: 'production', HOSTNAME: '127.0.0.1', PORT, APP_URL: URL_OF_WEB },
    ...{ DATABASE_URL: databaseUrl, LIGHTKEEPER_ADMIN_SECRET: SECRET },
  };
  const cwd = path.join(dataDir, 'runtime/web');
  const web = spawn(path.join(dataDir, 'runtime/node/node'), ['server.js'], { cwd, env, stdio: 'ignore' });
  await untilServed(`${URL_OF_WEB}/healthz`);
  return web;
}

async function readVariables(dir: string): Promise<Record<string, string>> {
  const names = await readdir(dir);
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, (await readFile(path.join(dir, name), 'utf8')).trim()] as const),
    ),
  );
}

const DATABASE = 'bench_dashboard';

async function databaseUrlOf(name: string | null): Promise<string> {
  const url = new URL(
    (await readFile(path.join(BENCH_INSTANCE.LIGHTKEEPER_DATA_DIR, 'env/DATABASE_URL'), 'utf8')).trim(),
  );
  if (name) url.pathname = `/${name}`;
  return url.href;
}

async function execute(sql: string): Promise<void> {
  const client = new Client({ connectionString: await databaseUrlOf(null) });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function dropDatabase(): Promise<void> {
  return execute(`drop database if exists ${DATABASE} with (force)`);
}

async function makeDatabase(): Promise<string> {
  await dropDatabase();
  await execute(`create database ${DATABASE}`);
  const url = await databaseUrlOf(DATABASE);
  await migrate(url);
  const db = openDb(url);
  await seedPlans(db);
  const owner = await db.user.create({ data: {} });
  const numbers = [...Array(SITES).keys()];
  await db.site.createMany({
    data: numbers.map((number) => ({
      ...{ name: `bench-site-${number}`, routedName: `bench-site-${number}`, ownerId: owner.id, planName: 'guest' },
      ...{ state: 'live' as const, sshPort: 30_000 + number, sealedPassword: 'none', sealedToken: 'none' },
    })),
  });
  const sites = await db.site.findMany({ select: { id: true } });
  await db.usage.createMany({
    data: sites.map(({ id }, number) => ({
      ...{ siteId: id, diskBytes: BigInt(number) * MB, memoryBytes: 40n * MB, pids: 5, cpuMicros: 0n },
      ...{ requestsPerMinute: number % 90, p95Millis: number % 400, readAt: new Date() },
    })),
  });
  const troubled = sites.filter((_, number) => number % 10 === 0);
  const words = {
    text: 'Disk is at 82 %: 840 MB of 1,024 MB.',
    hint: 'Delete files that you do not need.',
    numbers: {},
  };
  await db.verdict.createMany({
    data: troubled.map(({ id }) => ({ siteId: id, kind: 'disk', level: 'warn', ...words })),
  });
  await db.$disconnect();
  return url;
}
