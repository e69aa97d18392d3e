// Which users the operator's list shows, in which order: the page's address, so that a view can be shared. Pure.

export const USER_SORTS = {
  disk: 'Disk used',
  memory: 'Memory used',
  sites: 'Sites',
  name: 'E-mail address',
  created: 'Newest',
} as const;
export type UserSort = keyof typeof USER_SORTS;

export const USER_ROLES = ['guest', 'member', 'admin'] as const;
type UserRole = (typeof USER_ROLES)[number];

export interface UsersQuery {
  /** Part of an e-mail address or of an id. */
  text: string;
  /** Null: all. */
  role: UserRole | null;
  sort: UserSort;
}

const TEXT_LENGTH_MAX = 100;

/** Reads an address's query; what makes no sense in it is passed over. */
export function parseUsersQuery(given: Record<string, string | string[] | undefined>): UsersQuery {
  const word = (name: string) => (typeof given[name] === 'string' ? given[name].trim() : '');
  const sort = word('sort');
  return {
    text: word('q').slice(0, TEXT_LENGTH_MAX),
    role: USER_ROLES.find((role) => role === word('role')) ?? null,
    sort: isSort(sort) ? sort : 'disk',
  };
}

function isSort(word: string): word is UserSort {
  return Object.hasOwn(USER_SORTS, word);
}
