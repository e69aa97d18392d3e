// What else than a session stands for an account: API tokens, SSH keys, and the invitations that it sent.

import type { Transaction } from '../db/client.ts';

/** For an account whose maker may have been a stranger, or that ends. */
export async function dropWaysIn(tx: Transaction, userId: string): Promise<void> {
  await tx.userToken.deleteMany({ where: { userId } });
  await tx.userKey.deleteMany({ where: { userId } });
  await tx.invitation.deleteMany({ where: { invitedById: userId } });
}

/** To another account of the same person. */
export async function moveWaysIn(tx: Transaction, userId: string, accountId: string): Promise<void> {
  await tx.userToken.updateMany({ where: { userId }, data: { userId: accountId } });
  await tx.$executeRaw`
    update "UserKey" k set "userId" = ${accountId}::uuid where "userId" = ${userId}::uuid and not exists (
      select 1 from "UserKey" o where o."userId" = ${accountId}::uuid and o.fingerprint = k.fingerprint)`;
  await tx.invitation.updateMany({ where: { invitedById: userId }, data: { invitedById: accountId } });
}
