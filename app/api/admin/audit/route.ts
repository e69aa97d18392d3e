// GET lists the audit log, the newest first: `?q=` part of a subject, `?action=`, and a page at a time.

import { handleAdmin } from '#lib/api/admin.ts';
import { readQuery } from '#lib/api/body.ts';
import { AUDIT_QUERY } from '#lib/api/contract/admin.ts';
import { json } from '#lib/api/handle.ts';
import { listAudit } from '#lib/audit/list.ts';

export const GET = handleAdmin(async ({ db, request }) => {
  const { limit, cursor = null, q, action } = readQuery(request, AUDIT_QUERY);
  return json(await listAudit(db, { cursor, take: limit, filter: { subject: q, action } }));
});
