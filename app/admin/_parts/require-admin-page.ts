// The guard of every page of the admin area: whoever is no admin is led to the sign-in.

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { type Services, services } from '#lib/api/services.ts';
import { findViewer } from '#lib/auth/viewer.ts';

/** What the page is made from. Leads away unless an admin asks. */
export async function requireAdminPage(): Promise<Services> {
  const parts = services();
  const viewer = await findViewer(parts, await headers());
  if (viewer.role !== 'admin') redirect('/admin/sign-in');
  return parts;
}
