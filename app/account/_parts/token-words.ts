// What an API token may do, in words.

export const SCOPE_WORDS = {
  read: { name: 'Read', may: 'Look at sites, their logs and their code.' },
  deploy: { name: 'Deploy', may: 'Also push, roll back, restart: change what runs.' },
  full: { name: 'Everything', may: 'What you may do with your sites, their passwords included.' },
} as const;

export type Scope = keyof typeof SCOPE_WORDS;

export const SCOPES = Object.keys(SCOPE_WORDS) as Scope[];

export const SPANS = [
  { days: 7, words: 'after 7 days' },
  { days: 30, words: 'after 30 days' },
  { days: 90, words: 'after 90 days' },
  { days: 365, words: 'after a year' },
  { days: null, words: 'never' },
] as const;
