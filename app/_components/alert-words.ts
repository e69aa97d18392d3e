// What a channel's kind and level are called.

import type { ChannelView } from '#lib/alerts/channels.ts';

export type AlertKind = ChannelView['kind'];

export const KIND_WORDS: Record<AlertKind, { name: string; label: string; placeholder: string; hint: string }> = {
  email: {
    name: 'E-mail',
    label: 'E-mail address',
    placeholder: 'you@example.org',
    hint: 'You get a mail with a link first: only then are alerts sent.',
  },
  slack: {
    name: 'Slack',
    label: 'Webhook URL',
    placeholder: 'https://hooks.slack.com/services/…',
    hint: 'An incoming webhook of Slack, Mattermost, or anything that takes JSON with `text`.',
  },
  webhook: {
    name: 'Webhook',
    label: 'URL',
    placeholder: 'https://example.org/alerts',
    hint: 'Gets JSON by POST, signed with a secret that you are shown once.',
  },
};

export const LEVEL_WORDS: Record<string, string> = {
  warn: 'from 80 % of a limit',
  critical: 'from 95 % of a limit',
  over: 'when a limit is reached',
};
