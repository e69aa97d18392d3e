// The words of a message on its way out: the sentences that the pages show, where they are about, how often they were
// said. One content in four forms: plain text, HTML, what Slack takes, and our own JSON.

import { plainText } from '../deploy/clean-text.ts';
import { rankOf } from '../limits/levels.ts';
import type { Line } from './plan.ts';
import { REST, TEST } from './plan.ts';

const SUBJECT_LENGTH_MAX = 140;
/** Of one sentence: chat programs refuse a message of more than some 40,000 characters, with all that is in it. */
const SENTENCE_LENGTH_MAX = 1_000;
/** What chat programs take as a call to everybody in the room. */
const CALLS = /@(?=all|channel|everyone|here)/gi;

export interface Told {
  id: string;
  group: string;
  lines: Line[];
  count: number;
}

export interface Composed {
  subject: string;
  /** Every sentence with its site, a line each, and where to look. */
  text: string;
  html: string;
}

/** Of a message about events, or of a test. Pure. */
export function compose(message: Told, appUrl: string): Composed {
  const lines = message.lines.map(sentenceOf);
  const uncounted = message.count - message.lines.reduce((sum, { times }) => sum + times, 0);
  const more = uncounted > 0 ? [`And ${uncounted} more.`] : [];
  const places = linksOf(message.lines, appUrl);
  return {
    subject: cut(subjectOf(message)),
    text: [...headOf(message), ...lines, ...more, ...places].join('\n'),
    html: page([...headOf(message), ...lines, ...more], places),
  };
}

/** The mail that asks whether an address wants alerts. It carries no word of whoever typed the address. Pure. */
export function composeConfirmation(link: string): Composed {
  const words = [
    'Somebody, probably you, asked Lightkeeper to send alerts about their sites to this address.',
    'Open this link and press the button to agree; it works for a day. If it was not you, do nothing.',
  ];
  return {
    subject: 'Alerts to this address?',
    text: [...words, link].join('\n'),
    html: page(words, [link]),
  };
}

/** The body for Slack, Mattermost and others that take `text`. `&`, `<` and `>` are its control characters. Pure. */
export function slackBody({ text }: Composed): object {
  return { text: escapeMarkup(text).replace(CALLS, '@\u200b') };
}

/** Our own body. `id` is the same when a delivery is repeated. Pure. */
export function webhookBody(message: Told, composed: Composed, appUrl: string): object {
  return {
    id: message.id,
    from: appUrl,
    test: message.group === TEST,
    count: message.count,
    text: composed.text,
    events: message.lines.map((line) => ({
      ...line,
      text: sayable(line.text),
      url: line.site === null ? null : siteUrl(appUrl, line.site),
    })),
  };
}

function headOf({ group, count }: Told): string[] {
  if (group === TEST) return ['This is a test of Lightkeeper. Alerts get here.'];
  return group === REST ? [`${count} more events than are told one by one in an hour.`] : [];
}

function sentenceOf({ site, text, times }: Line): string {
  const said = times > 1 ? ` (${times} times)` : '';
  return `${site === null ? '' : `${site}: `}${sayable(text)}${said}`;
}

function sayable(text: string): string {
  const plain = plainText(text);
  return plain.length > SENTENCE_LENGTH_MAX ? `${plain.slice(0, SENTENCE_LENGTH_MAX - 1)}…` : plain;
}

/** Of several sentences the worst, and of equals the latest. */
function subjectOf({ group, lines, count }: Told): string {
  if (group === TEST) return 'A test of alerts';
  if (group === REST) return `${count} more events`;
  const [worst] = lines.toReversed().sort((a, b) => rankOf(b.level) - rankOf(a.level));
  const sentence = worst ? sentenceOf(worst) : '';
  return lines.length > 1 ? `${sentence} And ${count - (worst?.times ?? 0)} more.` : sentence;
}

function linksOf(lines: Line[], appUrl: string): string[] {
  const sites = new Set(lines.map(({ site }) => site));
  return [...sites].map((site) => (site === null ? `${appUrl}/admin` : siteUrl(appUrl, site)));
}

function siteUrl(appUrl: string, site: string): string {
  return `${appUrl}/sites/${site}`;
}

/** The HTML of a mail: sentences and links, nothing else. Pure. */
export function page(sentences: string[], links: string[]): string {
  const paragraphs = sentences.map((sentence) => `<p>${escapeMarkup(sentence)}</p>`);
  const places = links.map((link) => `<p><a href="${escapeMarkup(link)}">${escapeMarkup(link)}</a></p>`);
  return `<!doctype html><html lang="en"><body>${[...paragraphs, ...places].join('')}</body></html>`;
}

export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > SUBJECT_LENGTH_MAX ? `${line.slice(0, SUBJECT_LENGTH_MAX - 1)}…` : line;
}
