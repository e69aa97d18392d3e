// GET lists the users with what their sites have together: `?q=`, `?role=`, `?sort=`.

import { readUsers } from '#lib/admin/users.ts';
import { handleAdmin } from '#lib/api/admin.ts';
import { readQuery } from '#lib/api/body.ts';
import { USERS_QUERY } from '#lib/api/contract/admin.ts';
import { json } from '#lib/api/handle.ts';

export const GET = handleAdmin(async ({ db, request }) => {
  const { q, role = null, sort } = readQuery(request, USERS_QUERY);
  return json({ users: await readUsers(db, { text: q, role, sort }) });
});
