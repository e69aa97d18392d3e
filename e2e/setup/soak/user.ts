// Somebody with a site, who does one thing after the other and knows what was acknowledged: what his page may say then. What
// was not acknowledged may have happened or not.

import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { api, get, requestLaunch, type Site, ssh } from '../fixtures.ts';
import { git } from '../git.ts';
import { requestSleep } from '../sleep.ts';
import type { History } from './history.ts';
import { BROKEN, pageSource, readPage } from './page.ts';
import type { Random } from './random.ts';

const WAIT_MS = 20_000;
/** Who was refused, or heard nothing, does not try again at once. */
const AGAIN_MS = 800;
const JSON_TYPE = { 'content-type': 'application/json' };

interface Promised {
  texts: Set<string>;
  values: Set<string>;
}

type Act = (user: SoakUser) => Promise<string>;

/** What is done how often. */
const ACTS: readonly (readonly [string, number, Act])[] = [
  ['push', 8, (user) => user.push()],
  ['broken', 2, (user) => user.pushBroken()],
  ['edit', 3, (user) => user.edit()],
  ['visit', 6, (user) => user.visit()],
  ['ssh', 3, (user) => user.shell()],
  ['set', 3, (user) => user.setVariable()],
  ['checkpoint', 2, (user) => user.checkpoint()],
  ['restore', 2, (user) => user.restore()],
  ['rename', 1, (user) => user.rename()],
  ['sleep', 2, (user) => user.sleep()],
  ['remove', 1, (user) => user.removeAndBack()],
];

export class SoakUser {
  site: Site | null = null;
  /** Addresses that must not serve anything of this user's any more. */
  readonly gone: { address: string; siteName: string }[] = [];
  readonly wrong: string[] = [];
  promised: Promised = { texts: new Set(), values: new Set() };
  readonly #name: string;
  readonly #dir: string;
  readonly #random: Random;
  readonly #history: History;
  readonly #claim: (site: Site) => Promise<void>;
  #checkpoints: { id: string; texts: Set<string> }[] = [];
  #isMember = false;
  /** A delete was asked for, and its answer lost. */
  #mayBeGone = false;
  #count = 0;

  constructor(
    name: string,
    deps: { dir: string; random: Random; history: History; claim: (site: Site) => Promise<void> },
  ) {
    this.#name = name;
    this.#dir = path.join(deps.dir, name);
    this.#random = deps.random;
    this.#history = deps.history;
    this.#claim = deps.claim;
  }

  /** Never throws: what goes wrong in a fault is an outcome, and what must not go wrong is noted in `wrong`. */
  async act(): Promise<void> {
    if (this.#mayBeGone) await this.#note('look', () => this.#lookWhetherGone());
    if (!this.site) return this.#note('launch', () => this.launch());
    const [name, act] = this.#random.weighted(ACTS.map(([title, weight, work]) => [[title, work] as const, weight]));
    await this.#note(name, () => act(this));
  }

  async launch(): Promise<string> {
    const site = await requestLaunch();
    await rm(this.#dir, { recursive: true, force: true });
    this.promised = { texts: new Set(['starter']), values: new Set(['none', '']) };
    [this.site, this.#checkpoints, this.#isMember] = [site, [], false];
    if (this.#random.below(2) === 0) {
      await this.#claim(site);
      this.#isMember = true;
    }
    const isLive = await this.#within(async () => {
      const { state } = (await (await api(site, '')).json()) as { state: string };
      return state === 'live';
    });
    return `${site.name}${this.#isMember ? ', claimed' : ''}${isLive ? '' : ', late'}`;
  }

  async push(): Promise<string> {
    const text = this.#newText();
    const { code, stderr } = await this.#pushFile(pageSource(text));
    if (code === 0) this.promised.texts = new Set([text]);
    else this.promised.texts.add(text);
    return `${text} ${code === 0 ? 'live' : lastLine(stderr)}`;
  }

  async pushBroken(): Promise<string> {
    const { code, stderr } = await this.#pushFile(this.#random.pick(BROKEN));
    if (code === 0) this.wrong.push(`${this.#name}: a broken app was taken`);
    return lastLine(stderr);
  }

  async edit(): Promise<string> {
    const site = this.#own();
    const head = (await (await api(site, '/files')).json()) as { main?: string };
    const text = this.#newText();
    const changes = [{ path: 'main.py', content: pageSource(text) }];
    this.promised.texts.add(text);
    const body = JSON.stringify({ parent: head.main, message: text, changes });
    const answer = await api(site, '/commits', { method: 'POST', headers: JSON_TYPE, body });
    if (answer.ok) this.promised.texts = new Set([text]);
    return `${text} ${answer.status}`;
  }

  async visit(): Promise<string> {
    const { status, body } = await get(this.#own().address);
    if (status !== 200) return String(status);
    const page = readPage(body);
    if (!page || !this.promised.texts.has(page.text)) {
      this.wrong.push(
        `${this.#name}: ${this.site?.name} says ${body.slice(0, 80)} and not ${[...this.promised.texts]}`,
      );
    }
    return `200 ${page?.text}`;
  }

  async shell(): Promise<string> {
    const { code, stdout, stderr } = await ssh(this.#own(), 'hostname', { timeoutMs: WAIT_MS });
    return code === 0 ? stdout.trim() : lastLine(stderr);
  }

  async setVariable(): Promise<string> {
    const value = this.#newText();
    this.promised.values.add(value);
    const body = JSON.stringify({ variables: { SOAK: value } });
    const answer = await api(this.#own(), '/environment', { method: 'PATCH', headers: JSON_TYPE, body });
    // The starter does not tell; what is pushed afterwards does.
    if (answer.ok) this.promised.values = new Set([value, '']);
    return `${value} ${answer.status}`;
  }

  async checkpoint(): Promise<string> {
    const asked = await this.#post('/checkpoints', {});
    const made = asked.ok ? ((await asked.json()) as { id?: string; checkpoint?: { id: string } }) : null;
    const id = made?.id ?? made?.checkpoint?.id;
    if (!id) return String(asked.status);
    const isReady = await this.#within(async () => {
      const { checkpoints } = (await (await api(this.#own(), '/checkpoints')).json()) as {
        checkpoints: { id: string; status: string }[];
      };
      return checkpoints.find((one) => one.id === id)?.status === 'ready';
    });
    if (isReady) this.#checkpoints.push({ id, texts: new Set(this.promised.texts) });
    return isReady ? 'ready' : 'late';
  }

  async restore(): Promise<string> {
    const checkpoint = this.#checkpoints.length > 0 ? this.#random.pick(this.#checkpoints) : null;
    if (!checkpoint) return 'none';
    const before = new Set(this.promised.texts);
    this.promised.texts = new Set([...before, ...checkpoint.texts]);
    const asked = await this.#post(`/checkpoints/${checkpoint.id}/restore`, {});
    if (!asked.ok) return String(asked.status);
    const isDone = await this.#within(async () => {
      const { site } = (await (await api(this.#own(), '')).json()) as { site: { restoring: boolean } };
      return site.restoring === false;
    });
    if (isDone) this.promised.texts = new Set(checkpoint.texts);
    return isDone ? 'done' : 'late';
  }

  async rename(): Promise<string> {
    const site = this.#own();
    const name = `soak-${this.#name}-${this.#newText()}`;
    const asked = await this.#post('/rename', { name });
    const current = async (tried: string) => (await api({ ...site, name: tried }, '')).ok;
    // An answer that was lost: the name tells.
    const isRenamed = asked.ok || (await current(name).catch(() => false));
    if (isRenamed) this.site = { ...site, ...renamed(site, name) };
    return `${name} ${asked.status}`;
  }

  async sleep(): Promise<string> {
    const answer = await requestSleep(this.#own(), this.#random.pick(['frozen', 'stopped'] as const));
    return String(answer.status);
  }

  /** An account's site comes back; a guest's is gone for good. */
  async removeAndBack(): Promise<string> {
    const site = this.#own();
    this.#mayBeGone = true;
    const answer = await api(site, '', { method: 'DELETE' });
    if (!answer.ok) return String(answer.status);
    this.#mayBeGone = false;
    const { undoUntil } = (await answer.json()) as { undoUntil?: string | null };
    if (undoUntil) {
      await sleep(this.#random.below(3_000));
      const isBack = await this.#within(async () => (await api(site, '/undelete', { method: 'POST' })).ok);
      if (!isBack) this.wrong.push(`${this.#name}: ${site.name} could not be brought back`);
      return isBack ? 'brought back' : 'lost';
    }
    this.gone.push({ address: site.address, siteName: site.name });
    this.site = null;
    return 'gone';
  }

  async #lookWhetherGone(): Promise<string> {
    const answer = await api(this.#own(), '');
    if (answer.status >= 500) return String(answer.status);
    this.#mayBeGone = false;
    const { state } = answer.ok ? ((await answer.json()) as { state: string }) : { state: 'gone' };
    if (state === 'live') return state;
    await api(this.#own(), '/undelete', { method: 'POST' });
    const isBack = (await api(this.#own(), '')).ok && this.#isMember;
    if (!isBack) this.site = null;
    return isBack ? 'brought back' : state;
  }

  async #note(what: string, work: () => Promise<string>): Promise<void> {
    const outcome = await work().catch((error) => `failed: ${String(error?.cause?.code ?? error).slice(0, 120)}`);
    this.#history.note(this.#name, what, outcome);
    if (/failed|rejected|late|\b[45]\d\d\b/.test(outcome)) await sleep(AGAIN_MS);
  }

  async #pushFile(source: string): Promise<{ code: number; stderr: string }> {
    const site = this.#own();
    const remote = site.git.httpWithToken;
    const cloned = await git('/', ['clone', '-q', remote, this.#dir], { timeoutMs: WAIT_MS });
    if (cloned.code !== 0 && !cloned.stderr.includes('already exists')) throw new Error(lastLine(cloned.stderr));
    await writeFile(path.join(this.#dir, 'main.py'), source);
    await git(this.#dir, ['commit', '-qam', 'Change']);
    return git(this.#dir, ['push', '--force', remote, 'HEAD:main'], { timeoutMs: 60_000 });
  }

  #post(place: string, body: unknown): Promise<Response> {
    return api(this.#own(), place, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) });
  }

  async #within(look: () => Promise<boolean>): Promise<boolean> {
    for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline; await sleep(200)) {
      if (await look().catch(() => false)) return true;
    }
    return false;
  }

  #own(): Site {
    if (!this.site) throw new Error('there is no site');
    return this.site;
  }

  #newText(): string {
    this.#count += 1;
    return `${this.#count}`;
  }
}

function renamed(site: Site, name: string): Partial<Site> {
  const swap = (text: string) => text.replaceAll(site.name, name);
  const { git: remotes } = site;
  return {
    name,
    address: swap(site.address),
    git: { http: swap(remotes.http), httpWithToken: swap(remotes.httpWithToken), ssh: swap(remotes.ssh) },
  };
}

function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => /Failed|rejected|fatal|error|denied|closed|refused/i.test(line));
  return (lines[0] ?? text.trim().split('\n').at(-1) ?? '').slice(0, 120);
}
