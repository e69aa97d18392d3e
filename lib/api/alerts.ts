// The API of alert channels: the same for a signed-in user, guests too, and for the admins, who have theirs together.

import {
  addChannel,
  CHANNELS_MAX,
  type Change,
  listChannels,
  type Owner,
  readTest,
  removeChannel,
  requestTest,
} from '../alerts/channels.ts';
import { confirmChannel } from '../alerts/confirm.ts';
import { clientAddress } from '../auth/client-address.ts';
import { AppError } from '../errors/app-error.ts';
import { requireAdmin } from './admin.ts';
import { readJson } from './body.ts';
import { CONFIRM, NEW_CHANNEL, TEST_QUERY } from './contract/account.ts';
import { GIVEN_ID } from './contract/operation.ts';
import { type Call, handle, json } from './handle.ts';

/** Whose channels a request is about. Throws when the viewer has none. */
type Scope = (call: Call<unknown>) => Change;

export const ownScope: Scope = ({ viewer: { userId } }) => {
  if (userId) return { owner: userId, who: null };
  throw new AppError('no-session', {
    message: 'Alerts belong to the browser that launched a site.',
    hint: 'Launch a site, or open this page where you did.',
  });
};

/** To anybody else the place does not exist. */
export const adminScope: Scope = ({ viewer, request }) => ({
  owner: null,
  who: requireAdmin(viewer, request.headers),
});

/** The handlers of a channel list: GET all, POST adds, DELETE removes. */
export function channelRoutes(scope: Scope) {
  return {
    GET: handle(async (call) => {
      const { owner } = scope(call);
      const max = owner === null ? CHANNELS_MAX.admin : CHANNELS_MAX.user;
      const sendsMail = call.settings.mailFrom !== null;
      return json({ channels: await listChannels(call.db, owner), max, sendsMail });
    }),
    POST: handle(async (call) => {
      const change = scope(call);
      const wish = await readJson(call.request, NEW_CHANNEL);
      return json(await addChannel(call, change, wish, (mailbox) => mayAsk(call, change.owner, mailbox)), 201);
    }),
    DELETE: handle(async (call) => {
      const change = scope(call);
      const { id } = await readJson(call.request, GIVEN_ID);
      await removeChannel(call.db, change, id);
      return json({ id });
    }),
  };
}

/** POST asks for a test and answers its id; GET `?test=ID` answers how it went, `done` false while it waits. */
export function testRoutes(scope: Scope) {
  return {
    POST: handle(async (call) => {
      const { owner } = scope(call);
      const { id } = await readJson(call.request, GIVEN_ID);
      call.alertTests.attempt(owner ?? 'admins');
      return json({ test: await requestTest(call.db, owner, id) }, 202);
    }),
    GET: handle(async (call) => {
      const { owner } = scope(call);
      const asked = TEST_QUERY.safeParse(Object.fromEntries(new URL(call.request.url).searchParams));
      const result = asked.success ? await readTest(call.db, owner, asked.data.test) : null;
      return json(result ? { done: true, ...result } : { done: false });
    }),
  };
}

/** POST `{ token }` of the mail: whoever has it may, signed in or not. */
export const confirmRoute = handle(async (call) => {
  const { token } = await readJson(call.request, CONFIRM);
  return json({ target: await confirmChannel(call, token, new Date()) });
});

function mayAsk({ confirmations, request }: Call<unknown>, owner: Owner, mailbox: string): void {
  confirmations.attempt(`from ${clientAddress(request.headers)}`);
  confirmations.attempt(`by ${owner}`);
  confirmations.attempt(`to ${mailbox}`);
}
