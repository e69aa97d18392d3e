// The whole API, asked by a client that is generated from its own document: by an owner, whose answers must be what the
// document says, and by the bearer of somebody else's token, to whom there is nothing.

import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Account, giveToken, makeAccount, removeAccounts, share } from './setup/accounts.ts';
import { type Api, type Client, compile, type Given, generateApi, type Told } from './setup/api-client.ts';
import { expect, launch, remove, type Site, status, test } from './setup/fixtures.ts';
import { makeKey } from './setup/ssh.ts';

const ID = '01900000-0000-7000-8000-000000000000';
const NO_TOKEN = 'x'.repeat(43);

let api: Api;
let owner: Account;
let member: Account;
let stranger: Account;
let admin: Account;
/** Operations that were asked. */
const asked = new Set<string>();

test.beforeAll(async () => {
  api = await generateApi();
  owner = await makeAccount('olga');
  member = await makeAccount('mia');
  stranger = await makeAccount('sam');
  admin = await makeAccount('ada', 'admin');
});

test.afterAll(async () => {
  await removeAccounts(owner, member, stranger, admin);
  await rm(path.dirname(api.file), { recursive: true, force: true });
});

type Ask = (id: string, given?: Given) => { is(status: number, code?: string): Promise<Told> };

/** Asks as somebody, and holds the answer against the document. */
function asking(client: Client): Ask {
  return (id, given) => ({
    async is(expected, code) {
      const call = client[id];
      if (!call) throw new Error(`the client has no ${id}`);
      asked.add(id);
      const told = await call(given);
      const { status: got, error } = told;
      expect({ id, status: got, code: error?.code }, error?.message).toEqual({ id, status: expected, code });
      expect({ id, fault: api.faultOf(id, told) }).toEqual({ id, fault: null });
      return told;
    },
  });
}

async function endStream(told: Told): Promise<void> {
  await (told.data as Response).body?.cancel();
}

async function untilLive(ask: Ask, name: string): Promise<void> {
  const state = async () => (await ask('readSite', { path: { name } }).is(200)).data.state;
  await expect.poll(state, { timeout: 60_000 }).toBe('live');
}

test('the generated client compiles', async () => {
  expect(await compile(api.file)).toBe('');
});

/** One after the other: the last says whether anything was left out. */
test.describe
  .serial('every operation, asked by who may', () => {
    test('an owner can do everything with a token, and each answer is what the document says', async ({
      workspace,
    }) => {
      test.setTimeout(240_000);
      const ask = asking(api.as({ authorization: `Bearer ${await giveToken(owner, 'full')}` }));
      await ask('readDocument').is(200);
      const launched = await ask('launchSite', { headers: { 'idempotency-key': crypto.randomUUID() } }).is(201);
      let name: string = launched.data.name;
      const at = () => ({ path: { name } });
      await untilLive(ask, name);
      const listed = await ask('listSites', { query: { limit: 1 } }).is(200);
      expect(listed.data.sites.map((site: Site) => site.name)).toEqual([name]);

      await test.step('names, credentials and keys', async () => {
        name = (await ask('renameSite', { ...at(), body: { name: `${name}-b` } }).is(200)).data.name;
        await untilLive(ask, name);
        await ask('renewCredentials', { ...at(), body: { token: true } }).is(200);
        const key = await readFile(`${await makeKey(workspace.dir, 'ed25519')}.pub`, 'utf8');
        const { id } = (await ask('addSiteKey', { ...at(), body: { key } }).is(201)).data;
        await ask('removeSiteKey', { ...at(), body: { id } }).is(200);
        await ask('transferSite', { ...at(), body: { email: member.email } }).is(403, 'not-allowed');
      });

      await test.step('files and deployments', async () => {
        const { commits } = (await ask('listCommits', at()).is(200)).data;
        const folder = (await ask('readFile', at()).is(200)).data;
        const [file] = folder.entries.filter(({ kind }: { kind: string }) => kind === 'file');
        await ask('readFile', { ...at(), query: { path: file.name } }).is(200);
        await (await ask('downloadFile', { ...at(), query: { path: file.name } }).is(200)).data.text();
        const changes = [{ path: 'NOTES.md', content: 'by a client\n' }];
        const edit = { ...at(), body: { parent: commits[0].id, message: 'Add notes', changes } };
        const headers = { 'idempotency-key': crypto.randomUUID() };
        const first = await ask('commit', { ...edit, headers }).is(201);
        const again = await ask('commit', { ...edit, headers }).is(201);
        expect(again.data).toEqual(first.data);
        expect(again.headers.get('idempotent-replayed')).toBe('true');
        const other = { ...edit, headers, body: { ...edit.body, message: 'Another' } };
        await ask('commit', other).is(422, 'key-reused');
        const page = (await ask('listDeployments', { ...at(), query: { limit: 1 } }).is(200)).data;
        expect(page.deployments.map(({ number }: { number: number }) => number)).toEqual([2]);
        const older = (await ask('listDeployments', { ...at(), query: { limit: 1, before: page.before } }).is(200))
          .data;
        expect([older.deployments[0].number, older.before]).toEqual([1, null]);
        await ask('readDeployment', { path: { name, number: 1 } }).is(200);
        await ask('rollBack', at()).is(202);
        await settled(ask, name, 3);
        await ask('redeploy', at()).is(202);
        await settled(ask, name, 4);
      });

      await test.step('variables', async () => {
        await ask('setVariables', { ...at(), body: { variables: { GREETING: 'hello' } } }).is(202);
        await inForce(ask, name);
        const { variables } = (await ask('readVariables', { ...at(), query: { values: '1' } }).is(200)).data;
        expect(variables).toEqual([{ name: 'GREETING', value: 'hello' }]);
        await ask('setAllVariables', { ...at(), body: { variables: { OTHER: '1' } } }).is(202);
        await inForce(ask, name);
        await ask('removeVariable', { path: { name, variable: 'OTHER' } }).is(202);
        await inForce(ask, name);
        await ask('undoVariables', at()).is(202);
        await inForce(ask, name);
        await ask('applyVariables', at()).is(202);
        await inForce(ask, name);
      });

      await test.step('domains', async () => {
        const domain = 'shop.example.org';
        await ask('addDomain', { ...at(), body: { name: domain } }).is(201);
        expect((await ask('listDomains', at()).is(200)).data.domains[0].name).toBe(domain);
        await ask('lookAtDomain', { path: { name, domain } }).is(202);
        await ask('removeDomain', { path: { name, domain } }).is(200);
        await ask('removeDomain', { path: { name, domain } }).is(404, 'not-found');
      });

      await test.step('logs, numbers and streams', async () => {
        await ask('readLogs', { ...at(), query: { lines: 10 } }).is(200);
        await ask('readMetrics', { ...at(), query: { range: '24h' } }).is(200);
        await ask('readMetrics', { ...at(), query: { range: '2h' } }).is(400, 'bad-request');
        await endStream(await ask('watchLogs', at()).is(200));
        await endStream(await ask('watchSite', at()).is(200));
      });

      await test.step('checkpoints and copies', async () => {
        const { checkpoint } = (await ask('makeCheckpoint', { ...at(), body: { label: 'before' } }).is(202)).data;
        const ready = async () =>
          (await ask('listCheckpoints', at()).is(200)).data.checkpoints.find(
            ({ id }: { id: string }) => id === checkpoint.id,
          )?.status;
        await expect.poll(ready, { timeout: 30_000 }).toBe('ready');
        await ask('restoreCheckpoint', { path: { name, id: checkpoint.id } }).is(202);
        const restoring = async () => (await ask('readSite', at()).is(200)).data.site.restoring;
        await expect.poll(restoring, { timeout: 60_000 }).toBe(false);
        await ask('dropCheckpoint', { path: { name, id: checkpoint.id } }).is(202);
        const copy = (await ask('cloneSite', at()).is(201)).data.name;
        await untilLive(ask, copy);
        await ask('deleteSite', { path: { name: copy } }).is(202);
        await ask('readSite', { path: { name: copy } }).is(404, 'not-found');
        await ask('undeleteSite', { path: { name: copy } }).is(202);
        await ask('deleteSite', { path: { name: copy }, query: { now: '1' } }).is(202);
        expect((await ask('listEvents', { ...at(), query: { limit: 2 } }).is(200)).data.events.length).toBeGreaterThan(
          0,
        );
      });

      await test.step('sharing', async () => {
        const { id } = (await ask('invite', { ...at(), body: { email: 'x@example.org', role: 'viewer' } }).is(201))
          .data;
        await share({ name } as Site, member, 'viewer');
        const { members } = (await ask('listMembers', at()).is(200)).data;
        expect(members.map(({ email }: { email: string }) => email)).toEqual([member.email]);
        await ask('changeMember', { ...at(), body: { userId: member.id, role: 'developer' } }).is(200);
        await ask('removeMember', { ...at(), body: { userId: member.id } }).is(200);
        await ask('withdrawInvitation', { ...at(), body: { id } }).is(200);
      });

      await test.step('a repository elsewhere', async () => {
        await ask('readUpstream', at()).is(200);
        await ask('fetchUpstream', at()).is(404, 'not-found');
        await ask('follow', { ...at(), body: { repository: 'not an address' } }).is(400, 'bad-target');
        await ask('unfollow', at()).is(200);
        await ask('githubHook', { ...at(), body: {} }).is(404, 'not-found');
      });

      await test.step('rest', async () => {
        await ask('restartSite', at()).is(202);
        await untilLive(ask, name);
        await ask('startSite', at()).is(202);
        await ask('putToSleep', { ...at(), body: { rest: 'frozen' } }).is(202);
        await ask('wakeSite', at()).is(202);
        await ask('deleteSite', { ...at(), body: { now: true } }).is(202);
      });
    });

    test('an account’s own part is asked with its session, and a new token is told again only to who made it', async ({
      workspace,
    }) => {
      const ask = asking(api.as({ cookie: owner.cookie }));
      await ask('readAccount').is(200);
      const made = { body: { name: 'ci', scope: 'read' }, headers: { 'idempotency-key': `"${crypto.randomUUID()}"` } };
      const first = await ask('createToken', made).is(201);
      const again = await ask('createToken', made).is(201);
      expect(again.data).toEqual(first.data);
      const others = asking(api.as({ cookie: stranger.cookie }));
      expect((await others('createToken', made).is(201)).data.token).not.toBe(first.data.token);
      const { tokens, cursor } = (await ask('listTokens', { query: { limit: 1 } }).is(200)).data;
      expect(tokens).toHaveLength(1);
      expect(cursor === null || cursor === tokens[0].id).toBe(true);
      await ask('revokeToken', { body: { id: first.data.id } }).is(200);

      const key = await readFile(`${await makeKey(workspace.dir, 'ed25519')}.pub`, 'utf8');
      const { id } = (await ask('addKey', { body: { key } }).is(201)).data;
      expect((await ask('listKeys').is(200)).data.keys.map((one: { id: string }) => one.id)).toContain(id);
      await ask('removeKey', { body: { id } }).is(200);

      await ask('acceptInvitation', { body: { token: NO_TOKEN } }).is(404, 'not-found');
      await ask('leaveSite', { body: { site: 'no-such-site-000' } }).is(404, 'not-found');
      await ask('changeEmail', { body: { email: 'not an address' } }).is(400, 'bad-email');
      await ask('changePassword', { body: { password: 'short' } }).is(400, 'bad-password');
      await ask('endSessions', { body: { id: ID } }).is(404, 'not-found');
      await ask('deleteAccount', { body: { email: 'another@example.org' } }).is(400, 'bad-email');

      await channels(ask, '');
      const anybody = asking(api.as({}));
      await anybody('confirmChannel', { body: { token: NO_TOKEN } }).is(400, 'bad-confirmation');
      await anybody('signUp', { body: { email: 'not an address', password: 'x' } }).is(400, 'bad-email');
      await anybody('signIn', { body: { email: `nobody-${ID}@example.org`, password: 'x'.repeat(12) } }).is(
        401,
        'bad-sign-in',
      );
      await anybody('openLink', { body: { token: NO_TOKEN } }).is(410, 'bad-link');
      await anybody('askForLink', { body: { email: 'not an address' } }).is(400, 'bad-email');
      await anybody('signOut').is(200);
      await lifeOfAnAccount();
    });

    test('an admin’s part is asked with his session', async () => {
      test.setTimeout(120_000);
      const ask = asking(api.as({ cookie: admin.cookie }));
      const { name } = await launch();
      const at = { path: { name } };
      await ask('readOverview').is(200);
      await ask('readHost').is(200);
      await endStream(await ask('watchOverview').is(200));
      await ask('readAdminSite', at).is(200);
      await ask('readAdminHistory', at).is(200);
      await ask('setLimits', { ...at, body: { limits: { pidsMax: 100 }, preview: true } }).is(200);
      await ask('holdSite', { ...at, body: { reason: 'for a test' } }).is(202);
      await ask('releaseSite', at).is(202);
      await ask('actOnMany', { body: { names: ['no-such-site-000'], action: 'wake' } }).is(200);
      const [plan] = (await ask('listPlans').is(200)).data.plans;
      const { sites: _sites, users: _users, ...numbers } = plan;
      const own = `client-${Date.now().toString(36)}`;
      await ask('createPlan', { body: { ...numbers, name: own } }).is(201);
      await ask('changePlan', { path: { name: own }, body: { change: { pidsMax: 50 }, preview: true } }).is(200);
      await ask('deletePlan', { path: { name: own } }).is(200);
      const { users } = (await ask('listUsers', { query: { q: stranger.email } }).is(200)).data;
      expect(users.map(({ id }: Account) => id)).toEqual([stranger.id]);
      await ask('changeUser', { path: { id: stranger.id }, body: { change: { sitesMax: 3 }, preview: true } }).is(200);
      const { entries, cursor } = (await ask('listAudit', { query: { limit: 2 } }).is(200)).data;
      expect(entries.length).toBe(2);
      const next = (await ask('listAudit', { query: { limit: 1, cursor } }).is(200)).data;
      expect(entries.map(({ id }: { id: string }) => id)).not.toContain(next.entries[0]?.id);
      for (const id of ['downloadSites', 'downloadAudit', 'downloadEvents']) {
        expect(await (await ask(id).is(200)).data.text()).toContain(',');
      }
      await channels(ask, 'Admin');
      await ask('deleteAdminSite', at).is(202);
    });

    test('every operation of the document was asked above', () => {
      const left = api.operations.map(({ id }) => id).filter((id) => !asked.has(id));
      expect(left).toEqual([]);
    });
  });

async function settled(ask: Ask, name: string, number: number): Promise<void> {
  const read = async () =>
    (await ask('listDeployments', { path: { name } }).is(200)).data.deployments.find(
      (deployment: { number: number }) => deployment.number === number,
    )?.status;
  await expect.poll(read, { timeout: 60_000 }).toBe('succeeded');
}

async function inForce(ask: Ask, name: string): Promise<void> {
  const read = async () => (await ask('readVariables', { path: { name } }).is(200)).data.status;
  await expect.poll(read, { timeout: 60_000 }).toBe('in-force');
}

/** From the sign-up to the end, each with the answer of success. */
async function lifeOfAnAccount(): Promise<void> {
  const [email, password, next] = [
    `client-${Date.now().toString(36)}@example.org`,
    'a long password',
    'a longer password',
  ];
  const anybody = asking(api.as({}));
  const sessionOf = ({ headers }: Told) => headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const signedUp = await anybody('signUp', { body: { email, password } }).is(200);
  const first = asking(api.as({ cookie: sessionOf(signedUp) }));
  await first('changePassword', { body: { password: next, current: password } }).is(200);
  const signedIn = await anybody('signIn', { body: { email, password: next } }).is(200);
  const ask = asking(api.as({ cookie: sessionOf(signedIn) }));
  await ask('changeEmail', { body: { email: `b-${email}`, current: next } }).is(202);
  await anybody('askForLink', { body: { email } }).is(202);
  const { sessions } = (await ask('readAccount').is(200)).data;
  const [other] = sessions.filter(({ isThis }: { isThis: boolean }) => !isThis);
  await ask('endSessions', { body: { id: other.id } }).is(200);
  const { email: address } = (await ask('readAccount').is(200)).data;
  await ask('deleteAccount', { body: { email: address } }).is(202);
}

async function channels(ask: Ask, whose: '' | 'Admin'): Promise<void> {
  const body = { kind: 'webhook', target: 'http://127.0.0.2:8080/hook', level: 'over' };
  const { id } = (await ask(`add${whose}Channel`, { body }).is(201)).data;
  expect((await ask(`list${whose}Channels`).is(200)).data.channels.map((one: { id: string }) => one.id)).toContain(id);
  const { test: sent } = (await ask(`test${whose}Channel`, { body: { id } }).is(202)).data;
  await ask(`read${whose}Test`, { query: { test: sent } }).is(200);
  await ask(`remove${whose}Channel`, { body: { id } }).is(200);
}

test('to the bearer of a foreign token there is nothing at any operation', async () => {
  const site = await launch();
  const client = api.as({ authorization: `Bearer ${await giveToken(stranger, 'full')}` });
  /** What those that anybody may ask are asked, so that nothing comes of it. */
  const bodies: Record<string, unknown> = { launchSite: { name: site.name } };
  try {
    for (const { id, path: place, operation } of api.operations) {
      const parts = { name: site.name, number: 1, id: ID, variable: 'GREETING', domain: 'shop.example.org' };
      const told = await client[id]?.({ path: parts, ...(operation.requestBody ? { body: bodies[id] ?? {} } : {}) });
      if (!told) throw new Error(`the client has no ${id}`);
      const answer = { id, status: told.status, code: told.error?.code };
      if (place.includes('/sites/{') || place.startsWith('/api/admin') || operation['x-need'] === 'signature') {
        expect(answer).toEqual({ id, status: 404, code: 'not-found' });
      } else if (['account', 'session'].includes(operation['x-need'])) {
        expect([401, 403], JSON.stringify(answer)).toContain(told.status);
      } else {
        expect(operation['x-need'], JSON.stringify(answer)).toBe('nobody');
        expect(JSON.stringify(told.data ?? ''), id).not.toContain(site.token);
        expect(id === 'launchSite' ? told.status : 409).toBe(409);
      }
      expect({ id, fault: api.faultOf(id, told) }).toEqual({ id, fault: null });
    }
    expect(await status(site.address)).toBe(200);
  } finally {
    await remove(site);
  }
});

test('answers tell the limits and what is left of them, and streams have none', async ({ site }) => {
  const client = api.as({ authorization: `Bearer ${site.token}` });
  const told = await client.readSite?.({ path: { name: site.name } });
  expect(told?.headers.get('ratelimit-policy')).toBe('"requests";q=1000000;w=60, "changes";q=1000000;w=60');
  expect(told?.headers.get('ratelimit')).toMatch(/^"requests";r=\d+;t=\d+, "changes";r=\d+;t=\d+$/);
  const refused = await api.as({}).readSite?.({ path: { name: site.name } });
  expect([refused?.status, refused?.headers.has('ratelimit')]).toEqual([404, true]);
  const stream = await client.watchSite?.({ path: { name: site.name } });
  expect(stream?.headers.has('ratelimit')).toBe(false);
  if (stream) await endStream(stream);
});
