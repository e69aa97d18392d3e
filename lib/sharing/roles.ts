// The roles of those who share a site, from the least to the most.

import type { MemberRole } from '../db/generated/client.ts';

export const MEMBER_ROLES = ['viewer', 'developer', 'owner'] as const satisfies MemberRole[];

/** "A developer", "an owner": for sentences. */
export function withArticle(role: MemberRole): string {
  return role === 'owner' ? 'an owner' : `a ${role}`;
}

/** Pure. */
export function higherRole(a: MemberRole, b: MemberRole): MemberRole {
  return MEMBER_ROLES.indexOf(a) >= MEMBER_ROLES.indexOf(b) ? a : b;
}
