// The roles of those who share a site, in words.

export type Role = 'viewer' | 'developer' | 'owner';

export const ROLES: Role[] = ['viewer', 'developer', 'owner'];

export const ROLE_WORDS: Record<Role, { name: string; may: string }> = {
  viewer: { name: 'Viewer', may: 'sees the site, its logs and its code' },
  developer: { name: 'Developer', may: 'also deploys, restarts and logs in as root' },
  owner: { name: 'Owner', may: 'everything: passwords, sharing, deleting' },
};

/** What a member's role is called, by what he may do. */
export const ROLE_OF_ACCESS = { view: 'viewer', develop: 'developer', own: 'owner' } as const;
