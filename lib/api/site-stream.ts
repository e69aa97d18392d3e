// Keeps one open page true: a snapshot of the site whenever its bell rings and it differs, its usage every two seconds,
// the newest deployment's log as it grows. Asks anew each time who looks and whether he may.

import { findViewer } from '../auth/viewer.ts';
import { AppError } from '../errors/app-error.ts';
import type { SeenSite, SiteRow } from '../sites/find.ts';
import { viewSite, viewUsage } from '../sites/view.ts';
import type { EventStream } from './event-stream.ts';
import type { Call } from './handle.ts';
import { type LogPosition, readLogTail } from './log-tail.ts';
import { requireSiteOf } from './site-of.ts';

const TICK_MS = 2_000;
/** A bell that rings all the time makes no more than this many looks a second. */
const PAUSE_MS = 200;
/** Snapshots without a bell, in ticks: for rings that got lost, and for sessions that were ended. */
const TICKS_PER_LOOK = 8;

type Deps = Pick<Call<unknown>, 'db' | 'settings' | 'log' | 'bells' | 'request'>;

/** Feeds the stream until it closes. Never throws: a failure closes the stream, and the browser comes back. */
export async function streamSite(deps: Deps, site: SiteRow, stream: EventStream): Promise<void> {
  const bell = createAlarm();
  const deafen = deps.bells.hear(site.id, bell.ring);
  stream.closed.addEventListener('abort', bell.ring, { once: true });
  const feed = createFeed(deps, site, stream);
  try {
    await feed.look();
    for (let ticks = 1; !stream.closed.aborted; ticks += 1) {
      const rang = await bell.wait(TICK_MS);
      if (stream.closed.aborted) break;
      if (rang || ticks % TICKS_PER_LOOK === 0) await feed.look();
      else await feed.glance();
      if (rang) await bell.pause(PAUSE_MS);
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') stream.send('gone', {});
    else deps.log.warn({ siteId: site.id, cause: String(error) }, 'an event stream failed');
  } finally {
    deafen();
    stream.close();
  }
}

function createFeed(deps: Deps, site: SiteRow, stream: EventStream) {
  let sentView = '';
  let usageReadAt = 0;
  let seen: LogPosition | null = null;

  const sendLog = async () => {
    const piece = await readLogTail(deps.db, site.id, seen);
    if (!piece) return;
    seen = { number: piece.number, at: piece.to };
    stream.send('log', piece);
  };
  return {
    async look() {
      const viewer = await findViewer(deps, deps.request.headers);
      const view = viewSeen(deps, await requireSiteOf({ ...deps, viewer }, site.name, 'view'));
      const text = JSON.stringify(view);
      if (text !== sentView) stream.send('site', view);
      sentView = text;
      await sendLog();
    },
    async glance() {
      const usage = await deps.db.usage.findUnique({ where: { siteId: site.id } });
      if (usage && usage.readAt.getTime() !== usageReadAt) stream.send('usage', viewUsage(usage));
      usageReadAt = usage?.readAt.getTime() ?? 0;
      await sendLog();
    },
  };
}

const viewSeen = ({ settings }: Deps, site: SeenSite) => viewSite(settings, site, site.standing);

/** A bell that remembers one ring. */
function createAlarm() {
  let rung = false;
  let wake = () => {};
  return {
    ring() {
      rung = true;
      wake();
    },
    async wait(ms: number): Promise<boolean> {
      if (!rung)
        await sleepUnless(ms, (stop) => {
          wake = stop;
        });
      const was = rung;
      rung = false;
      return was;
    },
    pause: (ms: number) => sleepUnless(ms, () => {}),
  };
}

function sleepUnless(ms: number, give: (stop: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    give(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
