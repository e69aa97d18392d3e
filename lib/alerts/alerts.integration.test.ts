import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { createLog } from '../log.ts';
import { addChannel, type ChannelWish, listChannels, readTest, removeChannel, requestTest } from './channels.ts';
import { confirmationLink, confirmChannel } from './confirm.ts';
import { type DeliveryDeps, deliverDue } from './deliver.ts';
import { createMailer } from './mail.ts';
import { planAlerts, pruneAlerts } from './outbox.ts';
import { type HttpReceiver, type MailReceiver, openHttpReceiver, openMailReceiver } from './testing/receivers.ts';

const DISK = 'Disk is full: 1,024 MB of 1,024 MB. Writes fail until you delete files or ask for more.';
let database: TestDatabase;
let hook: HttpReceiver;
let mail: MailReceiver;
/** Of the keeper. */
let now: Date;
let user: string;
let site: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedPlans(database.db);
  hook = await openHttpReceiver('127.0.0.2');
  mail = await openMailReceiver();
});
afterAll(async () => {
  await hook.close();
  await mail.close();
  await database.drop();
});
beforeEach(async () => {
  const { db } = database;
  await db.site.deleteMany();
  await db.alertChannel.deleteMany();
  await db.event.deleteMany();
  await db.user.deleteMany();
  hook.received.length = 0;
  Object.assign(hook.answer, { status: 200, headers: {}, delayMs: 0 });
  mail.mails.length = 0;
  now = new Date();
  user = (await db.user.create({ data: {} })).id;
  site = await addSite('calm-harbor', 22_000);
});

async function addSite(name: string, sshPort: number): Promise<string> {
  const data = { name, ownerId: user, planName: 'guest', sshPort, sealedPassword: '', sealedToken: '' };
  return (await database.db.site.create({ data })).id;
}

function deps(change: Record<string, string> = {}): DeliveryDeps {
  const settings = parseSettings({
    LIGHTKEEPER_SECRET: 's'.repeat(32),
    LIGHTKEEPER_ALERT_ALLOW: '127.0.0.2/32',
    LIGHTKEEPER_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    LIGHTKEEPER_MAIL_FROM: 'Lightkeeper <alerts@example.org>',
    ...change,
  });
  return { db: database.db, settings, log: createLog('test'), mailer: createMailer(settings), now: () => now };
}

const add = (wish: Partial<ChannelWish> = {}, owner: string | null = user) =>
  addChannel(deps(), { owner, who: null }, { kind: 'webhook', target: hook.url, level: 'critical', ...wish }, () => {});

async function happen(count = 1, change: Record<string, unknown> = {}): Promise<void> {
  const event = { siteId: site, kind: 'disk', level: 'over', text: DISK, at: now, ...change };
  await database.db.event.createMany({ data: Array.from({ length: count }, () => event) });
}

/** One round of the keeper, this much later. */
async function round(laterMs = 0): Promise<void> {
  now = new Date(now.getTime() + laterMs);
  await planAlerts(database.db, now);
  await deliverDue(deps());
}

test('a full disk is told in its own words, signed so that the receiver can tell', async () => {
  const { secret } = await add();
  await happen();
  await round();
  expect(hook.received).toEqual([]);
  await round(3_000);
  const [first, ...more] = hook.received;
  expect(more).toEqual([]);
  expect(JSON.parse(first?.body ?? '')).toMatchObject({
    count: 1,
    events: [{ site: 'calm-harbor', text: DISK, level: 'over' }],
  });
  const [, seconds, signature] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(first?.headers['x-lightkeeper-signature'])) ?? [];
  expect(
    createHmac('sha256', secret ?? '')
      .update(`${seconds}.${first?.body}`)
      .digest('hex'),
  ).toBe(signature);
});

test('fifty events at once are one message; what follows waits five minutes and is one more', async () => {
  await add();
  await happen(50);
  await round();
  await round(3_000);
  await happen(50);
  for (let minute = 0; minute < 4; minute += 1) await round(60_000);
  expect(hook.received).toHaveLength(1);
  await round(120_000);
  expect(hook.received.map(({ body }) => JSON.parse(body).count)).toEqual([50, 50]);
});

test('two keepers at a time send each message once', async () => {
  for (const name of ['a', 'b', 'c']) await add({ target: `${hook.url}/${name}` });
  await happen();
  await Promise.all([planAlerts(database.db, now), planAlerts(database.db, now), planAlerts(database.db, now)]);
  now = new Date(now.getTime() + 3_000);
  await Promise.all([deliverDue(deps()), deliverDue(deps()), deliverDue(deps())]);
  expect(hook.received.map(({ path }) => path).sort()).toEqual(['/a', '/b', '/c']);
});

test('what a killed keeper had begun to send is sent once more, a minute later, as the same message', async () => {
  await add();
  await happen();
  await round();
  now = new Date(now.getTime() + 3_000);
  const killed = { ...deps(), db: withoutMarking() };
  await expect(deliverDue(killed)).rejects.toThrow('killed');
  await round(30_000);
  expect(hook.received).toHaveLength(1);
  await round(31_000);
  await round(3_600_000);
  expect(hook.received).toHaveLength(2);
  expect(new Set(hook.received.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
});

/** A database to a keeper that is killed right after the sending. */
function withoutMarking(): DeliveryDeps['db'] {
  return new Proxy(database.db, {
    get: (db, name) => {
      if (name === '$transaction') return () => Promise.reject(new Error('killed'));
      return Reflect.get(db, name) as unknown;
    },
  });
}

test('a receiver that is down gets the message when it is back, and what failed is told until then', async () => {
  await add();
  hook.answer.status = 503;
  await happen();
  await round();
  await round(3_000);
  expect(await listChannels(database.db, user)).toMatchObject([
    { problem: expect.stringMatching(/answered 503\.$/), waiting: 1 },
  ]);
  await round(9_000);
  expect(hook.received).toHaveLength(1);
  await round(1_000);
  expect(hook.received).toHaveLength(2);
  hook.answer.status = 204;
  await round(30_000);
  expect(hook.received).toHaveLength(3);
  await round(3_600_000);
  expect(hook.received).toHaveLength(3);
  expect(await listChannels(database.db, user)).toMatchObject([{ problem: null, waiting: 0 }]);
});

test('after eight attempts a message is given up, and the channel says so', async () => {
  await add();
  hook.answer.status = 500;
  await happen();
  await round();
  for (let attempt = 0; attempt < 12; attempt += 1) await round(3_600_000);
  expect(hook.received).toHaveLength(8);
  expect(await listChannels(database.db, user)).toMatchObject([
    { problem: expect.stringMatching(/answered 500\. Given up after 8 attempts\.$/), waiting: 0 },
  ]);
});

test('no redirect is followed, and a receiver that does not answer is left after five seconds', async () => {
  await add();
  Object.assign(hook.answer, { status: 302, headers: { location: `${hook.url}/other` } });
  await happen();
  await round();
  await round(3_000);
  expect(hook.received.map(({ path }) => path)).toEqual(['/']);
  expect((await listChannels(database.db, user))[0]?.problem).toContain('a redirect, which is not followed');
  hook.answer.delayMs = 20_000;
  const start = performance.now();
  await round(10_000);
  expect(performance.now() - start).toBeLessThan(7_000);
  expect((await listChannels(database.db, user))[0]?.problem).toMatch(/did not answer in 5 seconds\.$/);
});

test('an address that was open and is no longer is not connected to', async () => {
  await add();
  await happen();
  await planAlerts(database.db, now);
  now = new Date(now.getTime() + 3_000);
  await deliverDue(deps({ LIGHTKEEPER_ALERT_ALLOW: '' }));
  expect(hook.received).toEqual([]);
  expect((await listChannels(database.db, user))[0]?.problem).toContain('127.0.0.2 is a private address');
});

test.each([
  'http://127.0.0.3/',
  'http://localhost:8080/',
  'http://169.254.169.254/latest',
  'http://[::1]:8080/',
  'http://10.0.0.1/',
])('a user may not send to %s, an admin may', async (target) => {
  await expect(add({ target })).rejects.toMatchObject({
    code: 'bad-target',
    message: expect.stringContaining('private address'),
  });
  await expect(add({ target }, null)).resolves.toMatchObject({ secret: expect.any(String) });
});

test('a mail address is mailed nothing but the question until it agrees', async () => {
  await add({ kind: 'email', target: 'keeper@example.org' });
  await happen();
  await round();
  await round(3_000);
  expect(mail.mails).toHaveLength(1);
  expect(mail.mails[0]).toMatchObject({ from: 'alerts@example.org', to: ['keeper@example.org'] });
  expect(mail.mails[0]?.text).toContain('Subject: Alerts to this address?');
  const [channel] = await listChannels(database.db, user);
  expect(channel).toMatchObject({ enabled: false });
  const link = confirmationLink(deps().settings, { id: channel?.id ?? '', target: 'keeper@example.org' }, now);
  const token = new URL(link).searchParams.get('token') ?? '';
  await expect(confirmChannel(deps(), `${token.slice(0, -4)}AAAA`, now)).rejects.toMatchObject({
    code: 'bad-confirmation',
  });
  await expect(confirmChannel(deps(), token, new Date(now.getTime() + 25 * 3_600_000))).rejects.toThrow(
    'older than a day',
  );
  expect(await confirmChannel(deps(), token, now)).toBe('keeper@example.org');
  await happen();
  await round();
  await round(3_000);
  expect(mail.mails).toHaveLength(2);
  const text = mail.mails[1]?.text.replaceAll('=\r\n', '') ?? '';
  expect(text).toContain('Subject: calm-harbor: Disk is full');
  expect(text).toContain(`calm-harbor: ${DISK}`);
});

test('asking an address is bounded by whoever counts', async () => {
  const refuse = () => {
    throw new Error('too often');
  };
  const wish = { kind: 'email', target: 'You+tag@example.org', level: 'warn' } as const;
  await expect(addChannel(deps(), { owner: user, who: null }, wish, refuse)).rejects.toThrow('too often');
  const asked: string[] = [];
  await addChannel(deps(), { owner: user, who: null }, wish, (mailbox) => asked.push(mailbox));
  await addChannel(deps(), { owner: user, who: null }, wish, (mailbox) => asked.push(mailbox));
  expect(asked).toEqual(['you@example.org', 'you@example.org']);
  expect(await listChannels(database.db, user)).toHaveLength(1);
});

test('an admin’s channel hears of every site and of the machine, a user’s of his own sites', async () => {
  await add({ target: `${hook.url}/user` });
  await add({ target: `${hook.url}/admin`, kind: 'slack' }, null);
  const other = await database.db.user.create({ data: {} });
  await database.db.site.update({ where: { id: await addSite('far-shore', 22_001) }, data: { ownerId: other.id } });
  const far = await database.db.site.findUniqueOrThrow({ where: { name: 'far-shore' } });
  await happen(1, { siteId: far.id });
  await happen(1, { siteId: null, kind: 'pool', text: 'The pool has 2 GB left.' });
  await happen(1, { level: 'info' });
  await round();
  await round(3_000);
  expect(hook.received.map(({ path }) => path)).toEqual(['/admin', '/admin']);
  expect(hook.received.map(({ body }) => JSON.parse(body).text).join()).toContain('The pool has 2 GB left.');
  expect(await database.db.event.count({ where: { alerted: false } })).toBe(0);
});

test('what was planned is told also when the site is deleted meanwhile', async () => {
  await add();
  await happen();
  await round();
  await database.db.site.deleteMany();
  await round(3_000);
  expect(hook.received).toHaveLength(1);
});

test('a test is sent at once, and how it went is told to its owner alone', async () => {
  const { id } = await add();
  const sent = await requestTest(database.db, user, id);
  expect(await readTest(database.db, user, sent)).toBeNull();
  await round(1_000);
  expect(JSON.parse(hook.received[0]?.body ?? '')).toMatchObject({ test: true });
  expect(await readTest(database.db, user, sent)).toEqual({ sent: true, problem: null });
  hook.answer.status = 404;
  const refused = await requestTest(database.db, user, id);
  await round(1_000);
  expect(await readTest(database.db, user, refused)).toMatchObject({
    sent: false,
    problem: expect.stringContaining('404'),
  });
  await expect(requestTest(database.db, null, id)).rejects.toMatchObject({ code: 'not-found' });
  await expect(readTest(database.db, null, sent)).rejects.toMatchObject({ code: 'not-found' });
});

test('a user has five channels at the most, also when he asks for many at once, and removes only his own', async () => {
  const wishes = Array.from({ length: 12 }, (_, index) => add({ target: `${hook.url}/${index}` }));
  const made = (await Promise.allSettled(wishes)).filter(({ status }) => status === 'fulfilled');
  expect(made).toHaveLength(5);
  await expect(add({ target: `${hook.url}/one-more` })).rejects.toMatchObject({ code: 'too-many-channels' });
  const [first] = await listChannels(database.db, user);
  await removeChannel(database.db, { owner: null, who: null }, first?.id ?? '');
  expect(await listChannels(database.db, user)).toHaveLength(5);
  await removeChannel(database.db, { owner: user, who: null }, first?.id ?? '');
  expect(await listChannels(database.db, user)).toHaveLength(4);
});

test('what an admin adds and removes is in the audit log', async () => {
  const change = { owner: null, who: { actor: { id: null, role: 'admin' }, address: '192.0.2.1' } };
  const wish = { kind: 'slack', target: 'http://127.0.0.2/services/very-secret', level: 'warn' } as const;
  const { id } = await addChannel(deps(), change, wish, () => {});
  await removeChannel(database.db, change, id);
  const rows = await database.db.auditEntry.findMany({ where: { address: '192.0.2.1' }, orderBy: { id: 'asc' } });
  const subject = 'http://127.0.0.2/…secret';
  expect(rows).toMatchObject([
    { action: 'alerts.add', subject, after: { kind: 'slack', level: 'warn' } },
    { action: 'alerts.remove', subject, before: { kind: 'slack', level: 'warn' } },
  ]);
});

test('messages are kept for a week', async () => {
  await add();
  await happen();
  await round();
  await pruneAlerts(database.db, new Date(now.getTime() + 6 * 24 * 3_600_000));
  expect(await database.db.alertMessage.count()).toBe(1);
  await pruneAlerts(database.db, new Date(now.getTime() + 8 * 24 * 3_600_000));
  expect(await database.db.alertMessage.count()).toBe(0);
});

test('the admins’ alert is in the next batch, however many of users wait before it', async () => {
  const users = await add({ target: `${hook.url}/users` });
  const admins = await add({ target: `${hook.url}/admins` }, null);
  const waiting = (channelId: string, dueMs: number) => ({
    channelId,
    group: 'machine:pool',
    events: [],
    count: 0,
    dueAt: new Date(now.getTime() - dueMs),
  });
  const many = Array.from({ length: 60 }, () => waiting(users.id, 60_000));
  await database.db.alertMessage.createMany({ data: [...many, waiting(admins.id, 0)] });
  await deliverDue(deps());
  expect(hook.received.map(({ path }) => path)).toContain('/admins');
});
