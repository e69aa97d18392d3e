// The roles of those who share a site, in words.

export type Role = 'viewer' | 'developer' | 'owner';

export const ROLES: Role[] = ['viewer', 'developer', 'owner'];

interface RoleWords {
  name: string;
  /** What such a member does. */
  may: string;
  /** The same, to who is invited. */
  offer: string;
}

export const ROLE_WORDS: Record<Role, RoleWords> = {
  viewer: {
    name: 'Viewer',
    may: 'sees the site, its metrics and its code',
    offer: 'as a viewer: you see it, its metrics and its code',
  },
  developer: {
    name: 'Developer',
    may: 'also deploys, restarts and logs in as root',
    offer: 'as a developer: you deploy to it, restart it and log in as root',
  },
  owner: {
    name: 'Owner',
    may: 'everything: passwords, sharing, deleting',
    offer: 'as an owner: you may do everything with it, up to deleting it',
  },
};

/** What a member's role is called, by what he may do. */
export const ROLE_OF_ACCESS = { view: 'viewer', develop: 'developer', own: 'owner' } as const;
