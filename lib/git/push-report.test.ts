import { expect, test } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { explainPushFailure } from './failures.ts';
import { encodeBand, encodePkt, FLUSH, PktSplitter } from './pkt-line.ts';
import { ReportFilter, type ReportOptions, renderRefusal } from './push-report.ts';

const LIMITS = { pushBytesMax: 20 * 1024 ** 2, fullPool: () => null };

const OK = Buffer.concat([encodePkt('unpack ok\n'), encodePkt('ok refs/heads/x\n'), FLUSH]);

async function pass(input: Buffer, options: Partial<ReportOptions> = {}, size = 7): Promise<Buffer> {
  const filter = new ReportFilter({ afterRefs: false, notes: () => [], explain: () => null, ...options });
  for (let at = 0; at < input.length; at += size) filter.write(input.subarray(at, at + size));
  filter.end();
  const chunks: Buffer[] = [];
  for await (const chunk of filter) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function texts(output: Buffer): string[] {
  const splitter = new PktSplitter();
  splitter.add(output);
  const found: string[] = [];
  for (let pkt = splitter.next(); pkt; pkt = splitter.next()) if (pkt.payload) found.push(pkt.payload.toString());
  return found;
}

test('what git answers passes byte for byte when there is nothing to add', async () => {
  const refs = Buffer.concat([encodePkt(`${'a'.repeat(40)} refs/heads/main\0caps`), FLUSH]);
  const answer = Buffer.concat([refs, encodeBand(2, 'progress'), encodeBand(1, OK), FLUSH]);
  expect((await pass(answer, { afterRefs: true })).equals(answer)).toBe(true);
});

test('notes come before the report of a push that was taken', async () => {
  const output = await pass(Buffer.concat([encodeBand(1, OK), FLUSH]), { notes: () => ['It is stored.'] });
  expect(texts(output)).toEqual(['\u0002It is stored.\n', `\u0001${OK}`]);
});

test('a refused push gets no notes', async () => {
  const report = Buffer.concat([
    encodePkt('unpack ok\n'),
    encodePkt('ng refs/heads/main pre-receive hook declined\n'),
    FLUSH,
  ]);
  expect(texts(await pass(encodeBand(1, report), { notes: () => ['It is stored.'] }))).toHaveLength(1);
});

test("a pack that was not taken is explained from git's words, a build's words are not", async () => {
  const failed = Buffer.concat([encodePkt('unpack index-pack abnormal exit\n'), FLUSH]);
  const words = encodeBand(2, 'fatal: Out of memory, malloc failed\n');
  const explain = (text: string) => explainPushFailure(LIMITS, text);
  expect(texts(await pass(Buffer.concat([words, encodeBand(1, failed)]), { explain }))[1]).toContain(
    'more than the memory',
  );
  expect(texts(await pass(Buffer.concat([words, encodeBand(1, OK)]), { explain }))).toHaveLength(2);
});

test("git's one word about a disk without room for the push's directory is explained too", async () => {
  const failed = Buffer.concat([encodePkt('unpack unable to create temporary object directory\n'), FLUSH]);
  const explain = (text: string) => explainPushFailure(LIMITS, text);
  expect(texts(await pass(encodeBand(1, failed), { explain }))[0]).toContain("site's disk is full");
});

test('an answer without bands, or that is no packets at all, passes untouched', async () => {
  for (const answer of [OK, Buffer.from('what is this'), Buffer.alloc(0)]) {
    expect((await pass(answer, { notes: () => ['x'] })).equals(answer)).toBe(true);
  }
});

test('a refusal names every ref, with its sentences in the band for people', () => {
  const error = new AppError('push-refused', { message: 'What happened.', hint: 'What to do.' });
  const update = { old: '0'.repeat(40), new: '1'.repeat(40), ref: 'refs/heads/main' };
  const commands = { updates: [update], received: Buffer.alloc(0) };
  const [text, report] = texts(renderRefusal({ ...commands, capabilities: new Set(['side-band-64k']) }, error));
  expect(text).toBe('\u0002What happened.\nWhat to do.\n');
  expect(report).toContain('ng refs/heads/main refused');
  expect(texts(renderRefusal({ ...commands, capabilities: new Set() }, error))[0]).toBe('unpack ok\n');
});

test.each([
  ['fatal: pack exceeds maximum allowed size (2.00 MiB)', 'larger than the 20 MB'],
  ['error: unable to write file: Disk quota exceeded', "site's disk is full"],
  ['fatal: write error: No space left on device', "site's disk is full"],
  ['fatal: Out of memory, malloc failed (tried to allocate 419430401 bytes)', 'more than the memory'],
  ['error: index-pack died of signal 9', 'more than the memory'],
  [`error: object ${'a'.repeat(40)}: hasDotgit: contains '.git'\nfatal: fsck error in packed object`, '(hasDotgit)'],
  ['fatal: early EOF', 'connection ended'],
])('%j is said again as a sentence', (words, sentence) => {
  expect(explainPushFailure(LIMITS, words)).toContain(sentence);
});

test('words that are not known are left alone', () => {
  expect(explainPushFailure(LIMITS, 'something else')).toBeNull();
});

test('where the disk of all sites is nearly full, nobody is told to delete files of his', () => {
  const limits = { ...LIMITS, fullPool: () => '9.9 GB of 10 GB' };
  const sentence = explainPushFailure(limits, 'fatal: write error: No space left on device');
  expect(sentence).toContain("The machine's disk is nearly full: 9.9 GB of 10 GB. Nothing was changed.");
  expect(explainPushFailure(limits, 'fatal: early EOF')).toContain('connection ended');
});
