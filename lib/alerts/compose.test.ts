import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { compose, composeConfirmation, slackBody, webhookBody } from './compose.ts';
import { LINES_MAX, type Line, REST, TEST } from './plan.ts';
import { newSecret, sign } from './signature.ts';

const URL = 'https://keeper.example.org';
const DISK = 'Disk is full: 1,024 MB of 1,024 MB. Writes fail until you delete files or ask for more.';
const AT = '2026-11-23T12:00:00.000Z';

function line(change: Partial<Line> = {}): Line {
  return { site: 'calm-harbor', kind: 'disk', level: 'over', text: DISK, at: AT, times: 1, ...change };
}

test('one event is told in the sentence of the page, with its site and where to look', () => {
  const { subject, text } = compose({ id: 'm', group: 'x', lines: [line()], count: 1 }, URL);
  expect(subject).toBe(`calm-harbor: ${DISK}`);
  expect(text).toBe(`calm-harbor: ${DISK}\n${URL}/sites/calm-harbor`);
});

test('a summary has each sentence once, how often it was said, and what was only counted', () => {
  const lines = [line({ level: 'critical', text: 'Disk is nearly full: 900 MB of 1,024 MB.' }), line({ times: 12 })];
  const { subject, text } = compose({ id: 'm', group: 'x', lines, count: 40 }, URL);
  expect(subject).toBe(`calm-harbor: ${DISK} (12 times) And 28 more.`);
  expect(text.split('\n')).toEqual([
    'calm-harbor: Disk is nearly full: 900 MB of 1,024 MB.',
    `calm-harbor: ${DISK} (12 times)`,
    'And 27 more.',
    `${URL}/sites/calm-harbor`,
  ]);
});

test('what is about the machine leads to the admin page', () => {
  const { text } = compose(
    { id: 'm', group: 'x', lines: [line({ site: null, text: 'The pool is low.' })], count: 1 },
    URL,
  );
  expect(text).toBe(`The pool is low.\n${URL}/admin`);
});

test('past the brake the subject is a number', () => {
  expect(compose({ id: 'm', group: REST, lines: [line()], count: 47 }, URL).subject).toBe('47 more events');
});

test('a subject is one line of bounded length', () => {
  const { subject } = compose(
    { id: 'm', group: 'x', lines: [line({ text: `a\r\nb${'c'.repeat(500)}` })], count: 1 },
    URL,
  );
  expect(subject).toMatch(/^calm-harbor: a bc+…$/);
  expect(subject.length).toBeLessThanOrEqual(140);
});

test('a message of many long sentences is still one that chat programs take', () => {
  const lines = Array.from({ length: LINES_MAX }, () => line({ text: 'x'.repeat(10_000) }));
  const told = { id: 'm', group: REST, lines, count: LINES_MAX };
  const composed = compose(told, URL);
  expect(JSON.stringify(slackBody(composed)).length).toBeLessThan(30_000);
  expect(JSON.stringify(webhookBody(told, composed, URL)).length).toBeLessThan(60_000);
});

test('words of a tenant are neither markup nor a call to everybody', () => {
  const told = {
    id: 'm',
    group: 'x',
    lines: [line({ text: '\x1b[31m<script>&</script> <!channel> @here' })],
    count: 1,
  };
  const composed = compose(told, URL);
  expect(composed.html).toContain('&lt;script&gt;&amp;&lt;/script&gt;');
  expect(composed.html).not.toContain('<script');
  expect(slackBody(composed)).toEqual({
    text: `calm-harbor: &lt;script&gt;&amp;&lt;/script&gt; &lt;!channel&gt; @\u200bhere\n${URL}/sites/calm-harbor`,
  });
});

test('our own body has the events with their addresses', () => {
  const told = { id: 'm', group: 'x', lines: [line({ times: 3 })], count: 3 };
  expect(webhookBody(told, compose(told, URL), URL)).toMatchObject({
    id: 'm',
    test: false,
    count: 3,
    events: [
      {
        site: 'calm-harbor',
        kind: 'disk',
        level: 'over',
        text: DISK,
        at: AT,
        times: 3,
        url: `${URL}/sites/calm-harbor`,
      },
    ],
  });
});

test('a test says so', () => {
  const told = { id: 'm', group: TEST, lines: [], count: 0 };
  expect(compose(told, URL).text).toBe('This is a test of Lightkeeper. Alerts get here.');
  expect(webhookBody(told, compose(told, URL), URL)).toMatchObject({ test: true, events: [] });
});

test('the mail that asks an address has the link and no word of the asker', () => {
  const { subject, text, html } = composeConfirmation(`${URL}/alerts/confirm?token=v1.abc`);
  expect(subject).toBe('Alerts to this address?');
  expect(text).toContain(`\n${URL}/alerts/confirm?token=v1.abc`);
  expect(html).toContain(`<a href="${URL}/alerts/confirm?token=v1.abc">`);
});

test('a signature is the HMAC of time and body, under a secret of the channel', () => {
  const secret = newSecret();
  expect(secret).toMatch(/^lkwh_[\w-]{32}$/);
  const expected = createHmac('sha256', secret).update('1795435200.{"a":1}').digest('hex');
  expect(sign(secret, '{"a":1}', new Date('2026-11-23T12:00:00.900Z'))).toBe(`t=1795435200,v1=${expected}`);
});
