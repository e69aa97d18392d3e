// What can be done to several sites at once, in words.

export const BULK_ACTIONS = ['hold', 'release', 'sleep', 'wake', 'plan', 'delete'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

interface Words {
  button: string;
  /** Says what will happen to this many sites. */
  question: (sites: string) => string;
  explains: string;
  confirm: string;
  done: string;
  isDanger?: boolean;
}

export const BULK_WORDS: Record<BulkAction, Words> = {
  hold: {
    button: 'Hold…',
    question: (sites) => `Hold ${sites}?`,
    explains: 'Each is stopped until an admin releases it. Its disk is kept, and its page tells the owner your reason.',
    confirm: 'Hold',
    done: 'held',
  },
  release: {
    button: 'Release',
    question: (sites) => `Release ${sites}?`,
    explains: 'Each site that is held starts again.',
    confirm: 'Release',
    done: 'released',
  },
  sleep: {
    button: 'Sleep',
    question: (sites) => `Put ${sites} to sleep?`,
    explains: 'Processes stand still and use no CPU. The next request, session or push wakes a site.',
    confirm: 'Put to sleep',
    done: 'put to sleep',
  },
  wake: {
    button: 'Wake',
    question: (sites) => `Wake ${sites}?`,
    explains: 'Each site that is asleep runs again, as if somebody had asked for it.',
    confirm: 'Wake',
    done: 'woken',
  },
  plan: {
    button: 'Change plan…',
    question: (sites) => `Change the plan of ${sites}?`,
    explains: 'The plan’s limits come in force at once, without a restart. Limits of a site’s own stay as they are.',
    confirm: 'Change plan',
    done: 'moved',
  },
  delete: {
    button: 'Delete…',
    question: (sites) => `Delete ${sites}?`,
    explains: 'Disks, repositories, keys, histories and addresses go at once. There is no way back.',
    confirm: 'Delete for ever',
    done: 'being deleted',
    isDanger: true,
  },
};
