import { expect, test } from 'vitest';
import { seal } from '../auth/seal.ts';
import { type Access, includes, OWNER, requireAccess, requireShared, standingOf, type Viewer } from './access.ts';

const SECRET = 'a'.repeat(32);
const NOBODY: Viewer = { userId: null, role: null, token: null };
const site = {
  id: 'site',
  ownerId: 'olga' as string | null,
  sealedToken: seal(SECRET, 'lk_token'),
  members: [
    { userId: 'vera', role: 'viewer' as const },
    { userId: 'dan', role: 'developer' as const },
    { userId: 'oscar', role: 'owner' as const },
  ],
};
const standing = (viewer: Partial<Viewer>, of = site) => standingOf(SECRET, { ...NOBODY, ...viewer }, of);

test.each<[string, Partial<Viewer>, Access, boolean, boolean]>([
  ['the owner', { userId: 'olga', role: 'member' }, 'own', true, true],
  ['the bearer of its token', { token: 'lk_token' }, 'own', true, true],
  ['a viewer', { userId: 'vera', role: 'member' }, 'view', false, true],
  ['a developer', { userId: 'dan', role: 'member' }, 'develop', false, true],
  ['another owner', { userId: 'oscar', role: 'member' }, 'own', true, true],
  ['an admin', { userId: 'ada', role: 'admin' }, 'own', false, false],
  ['an admin who develops it', { userId: 'dan', role: 'admin' }, 'own', false, true],
  ['an admin whose own site it is', { userId: 'olga', role: 'admin' }, 'own', true, true],
])('%s', (_, viewer, access, seesSecrets, isShared) => {
  expect(standing(viewer)).toEqual({ access, seesSecrets, isShared });
});

test('to strangers, foreign tokens and nobody there is no such site', () => {
  for (const viewer of [{}, { userId: 'sam', role: 'member' as const }, { token: 'lk_other' }]) {
    expect(standing(viewer)).toBeNull();
  }
});

const bearer = (userId: string, access: Access, siteIds: string[] = []) => ({ bearer: { userId, access, siteIds } });

test.each<[string, ReturnType<typeof bearer>, Access, boolean]>([
  ['a full token of the owner', bearer('olga', 'own'), 'own', true],
  ['a deploy token of the owner', bearer('olga', 'develop'), 'develop', false],
  ['a read token of the owner', bearer('olga', 'view'), 'view', false],
  ['a full token of a viewer', bearer('vera', 'own'), 'view', false],
  ['a full token of a developer', bearer('dan', 'own'), 'develop', false],
  ['a deploy token of another owner', bearer('oscar', 'develop'), 'develop', false],
  ['a token for this site', bearer('olga', 'own', ['other', 'site']), 'own', true],
])('%s opens what both its user and it may', (_, viewer, access, seesSecrets) => {
  expect(standing(viewer)).toEqual({ access, seesSecrets, isShared: true });
});

test('a token for other sites, or of a stranger, opens nothing, whoever else asks with it', () => {
  expect(standing(bearer('olga', 'own', ['other']))).toBeNull();
  expect(standing(bearer('sam', 'own'))).toBeNull();
  expect(standing({ ...bearer('sam', 'own'), token: 'lk_token' })).toBeNull();
});

test('a site that nobody owns is there for admins alone, whoever has its token', () => {
  const waiting = { ...site, ownerId: null };
  expect(standing({ token: 'lk_token' }, waiting)).toBeNull();
  expect(standing({ userId: 'oscar', role: 'member' }, waiting)).toBeNull();
  expect(standing({ userId: 'ada', role: 'admin' }, waiting)).toEqual({
    ...{ access: 'own', seesSecrets: false, isShared: false },
  });
});

test('each level includes those before it, and what is not shared is refused with who can change that', () => {
  expect(includes('own', 'develop') && includes('develop', 'view') && includes('view', 'view')).toBe(true);
  expect(includes('view', 'develop') || includes('develop', 'own')).toBe(false);
  const refused = () => requireAccess({ access: 'view' }, 'develop');
  expect(refused).toThrow(expect.objectContaining({ code: 'not-allowed', httpStatus: 403 }));
});

test('an office alone lets nobody into a site', () => {
  expect(() => requireShared({ ...OWNER, isShared: false })).toThrow(expect.objectContaining({ code: 'not-allowed' }));
  expect(() => requireShared(OWNER)).not.toThrow();
});
