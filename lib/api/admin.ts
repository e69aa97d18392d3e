// The skin of the admin's routes: to everybody else there is nothing, whatever they ask for and however wrong.

import type { Who } from '../audit/audit.ts';
import { clientAddress } from '../auth/client-address.ts';
import type { Db } from '../db/client.ts';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import type { Viewer } from '../sites/access.ts';
import { isSiteName } from '../sites/names.ts';
import { type Call, handle, type Skin } from './handle.ts';

export interface AdminCall<Params> extends Call<Params> {
  who: Who;
}

/** As `handle`, for admins alone. */
export function handleAdmin<Params>(work: (call: AdminCall<Params>) => Promise<Response>, skin: Skin = {}) {
  return handle<Params>(async (call) => work({ ...call, who: requireAdmin(call.viewer, call.request.headers) }), skin);
}

/** Throws `not-found` unless the viewer is an admin. */
export function requireAdmin(viewer: Viewer, headers: Headers): Who {
  if (viewer.role !== 'admin' || viewer.userId === null) throw nothingHere();
  return { actor: { id: viewer.userId, role: 'admin' }, address: clientAddress(headers) };
}

/** Who acts, if it is an admin on a site that is not his: such acts are audited. */
export function adminOver({ viewer, request }: Call<unknown>, site: { ownerId: string | null }): Who | null {
  if (viewer.role !== 'admin' || viewer.userId === site.ownerId) return null;
  return requireAdmin(viewer, request.headers);
}

export function nothingHere(): AppError {
  return new AppError('not-found', { message: 'There is nothing here.', hint: 'Check the address.' });
}

export interface NamedSite {
  id: string;
  name: string;
  ownerId: string | null;
}

/** Throws `not-found`, also for a site that is being deleted. */
export async function requireNamedSite(db: Db, name: string): Promise<NamedSite> {
  const select = { id: true, name: true, ownerId: true, state: true };
  const site = isSiteName(name) ? await db.site.findUnique({ where: { name }, select }) : null;
  if (!site || site.state === 'deleting') throw siteNotFound();
  return site;
}
