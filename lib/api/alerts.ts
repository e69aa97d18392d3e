// The API of alert channels: the same for a signed-in user, guests too, and for the admins, who have theirs together.

import { z } from 'zod';
import { ALERT_KINDS, ALERT_LEVELS } from '../alerts/channel.ts';
import {
  addChannel,
  CHANNELS_MAX,
  listChannels,
  type Owner,
  readTest,
  removeChannel,
  requestTest,
} from '../alerts/channels.ts';
import { confirmChannel } from '../alerts/confirm.ts';
import { clientAddress } from '../auth/client-address.ts';
import { AppError } from '../errors/app-error.ts';
import type { Viewer } from '../sites/find.ts';
import { readJson } from './body.ts';
import { type Call, handle, json } from './handle.ts';

const WISH = z.object({
  kind: z.enum(ALERT_KINDS),
  target: z.string().max(2_000),
  level: z.enum(ALERT_LEVELS).default('critical'),
});
const CHANNEL = z.object({ id: z.uuid() });
const TEST = z.object({ test: z.uuid() });
const TOKEN = z.object({ token: z.string().max(2_000) });

/** Whose channels a request is about. Throws when the viewer has none. */
type Scope = (viewer: Viewer) => Owner;

export const ownScope: Scope = ({ userId }) => {
  if (userId) return userId;
  throw new AppError('no-session', {
    message: 'Alerts belong to the browser that launched a site.',
    hint: 'Launch a site, or open this page where you did.',
  });
};

/** To anybody else the place does not exist. */
export const adminScope: Scope = ({ role }) => {
  if (role === 'admin') return null;
  throw new AppError('not-found', { message: 'There is nothing here.', hint: 'Sign in as the admin.' });
};

/** The handlers of a channel list: GET all, POST adds, DELETE removes. */
export function channelRoutes(scope: Scope) {
  return {
    GET: handle(async ({ db, settings, viewer }) => {
      const owner = scope(viewer);
      const max = owner === null ? CHANNELS_MAX.admin : CHANNELS_MAX.user;
      return json({ channels: await listChannels(db, owner), max, sendsMail: settings.mailFrom !== null });
    }),
    POST: handle(async (call) => {
      const owner = scope(call.viewer);
      const wish = await readJson(call.request, WISH);
      return json(await addChannel(call, owner, wish, (mailbox) => mayAsk(call, owner, mailbox)), 201);
    }),
    DELETE: handle(async ({ db, request, viewer }) => {
      const { id } = await readJson(request, CHANNEL);
      await removeChannel(db, scope(viewer), id);
      return json({ id });
    }),
  };
}

/** POST asks for a test and answers its id; GET `?test=ID` answers how it went, `done` false while it waits. */
export function testRoutes(scope: Scope) {
  return {
    POST: handle(async ({ db, request, viewer, alertTests }) => {
      const owner = scope(viewer);
      const { id } = await readJson(request, CHANNEL);
      alertTests.attempt(owner ?? 'admins');
      return json({ test: await requestTest(db, owner, id) }, 202);
    }),
    GET: handle(async ({ db, request, viewer }) => {
      const asked = TEST.safeParse(Object.fromEntries(new URL(request.url).searchParams));
      const result = asked.success ? await readTest(db, scope(viewer), asked.data.test) : null;
      return json(result ? { done: true, ...result } : { done: false });
    }),
  };
}

/** POST `{ token }` of the mail: whoever has it may, signed in or not. */
export const confirmRoute = handle(async (call) => {
  const { token } = await readJson(call.request, TOKEN);
  return json({ target: await confirmChannel(call, token, new Date()) });
});

function mayAsk({ confirmations, request }: Call<unknown>, owner: Owner, mailbox: string): void {
  confirmations.attempt(`from ${clientAddress(request.headers)}`);
  confirmations.attempt(`by ${owner}`);
  confirmations.attempt(`to ${mailbox}`);
}
