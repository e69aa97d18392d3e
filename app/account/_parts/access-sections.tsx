// What of the account lets somebody in: its keys, its tokens, and the sites that others share with it.

import type { Db } from '#lib/db/client.ts';
import type { Settings } from '#lib/env.ts';
import { listUserKeys } from '#lib/keys/user-keys.ts';
import { consoleCommand } from '#lib/sites/address.ts';
import { visibleTo } from '#lib/sites/find.ts';
import { listTokens, TOKENS_MAX } from '#lib/tokens/tokens.ts';
import { KeysSection } from './keys-section.tsx';
import { SharedSection } from './shared-section.tsx';
import { TokensSection } from './tokens-section.tsx';

interface Props {
  db: Db;
  settings: Settings;
  userId: string;
}

export async function AccessSections({ db, settings, userId }: Props) {
  const [tokens, keys, sites] = await Promise.all([
    listTokens(db, userId, new Date()),
    listUserKeys(db, userId),
    db.site.findMany({
      where: { ...visibleTo(userId), state: { not: 'deleting' } },
      orderBy: { name: 'asc' },
      select: { name: true, members: { where: { userId }, select: { role: true } } },
    }),
  ]);
  const shared = sites.flatMap(({ name, members: [member] }) => (member ? [{ name, role: member.role }] : []));
  return (
    <>
      <SharedSection initial={shared} />
      <KeysSection initial={keys} consoleCommand={consoleCommand(settings, 'help')} />
      <TokensSection initial={tokens} max={TOKENS_MAX} sites={sites.map(({ name }) => name)} />
    </>
  );
}
