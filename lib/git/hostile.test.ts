// What comes from git clients and out of repositories, read by us: packets, lists of trees, contents. Whatever the bytes
// are, they are read or refused with an error of ours, and what was written is read back.

import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { encodeBand, encodePkt, FLUSH, PktSplitter } from './pkt-line.ts';
import { CommandSection } from './push-commands.ts';
import { refusalOf } from './push-objects.ts';
import { ReportFilter } from './push-report.ts';
import { parseBatch } from './tree.ts';
import { isFolder, parseEntry } from './tree-entry.ts';

const RUNS = { numRuns: 200 };
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
/** Bytes that look right for a while. */
const nearly = fc
  .array(
    fc.oneof(
      bytes,
      fc
        .constantFrom('0000', '0001', '0004', '0005', 'fff0', 'ffff', '000g', ' blob ', ' 5\n', '\0', '\n')
        .map(Buffer.from),
      fc
        .constantFrom('a'.repeat(40), '100644 blob ', '120000 blob ', '160000 commit ', '\t', 'refs/heads/main')
        .map(Buffer.from),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

/** Cuts the bytes anywhere. */
const cut = (whole: Buffer) =>
  fc.array(fc.nat(whole.length), { maxLength: 6 }).map((cuts) => {
    const at = [0, ...cuts.sort((a, b) => a - b), whole.length];
    return at.slice(1).map((end, index) => whole.subarray(at[index], end));
  });

/** What is thrown has to be one of our errors; anything else would be a fault on our side. */
function ourError<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function split(chunks: Buffer[]): Buffer[] {
  const splitter = new PktSplitter();
  return chunks.flatMap((chunk) => {
    splitter.add(chunk);
    const found: Buffer[] = [];
    for (let pkt = splitter.next(); pkt; pkt = splitter.next()) found.push(pkt.raw);
    return found;
  });
}

test('packets are read as they were written, however they are cut', () => {
  const packets = fc.array(fc.oneof(bytes.map(encodePkt), fc.constant(FLUSH)), { maxLength: 8 });
  fc.assert(
    fc.property(
      packets.chain((written) => fc.tuple(fc.constant(written), cut(Buffer.concat(written)))),
      ([written, chunks]) => {
        expect(split(chunks)).toEqual(written);
      },
    ),
    RUNS,
  );
});

test('a text of any length goes into packets that git takes, and comes out whole', () => {
  fc.assert(
    fc.property(fc.nat(200_000), fc.constantFrom(1, 2, 3), (length, band) => {
      const text = Buffer.alloc(length, 'x');
      const found = split([encodeBand(band as 1 | 2 | 3, text)]);
      expect(Buffer.concat(found.map((raw) => raw.subarray(5)))).toEqual(text);
      for (const raw of found) expect(raw.length).toBeLessThanOrEqual(65_520);
    }),
    { numRuns: 20 },
  );
});

test('bytes that are no packets are refused, and never held back past one', () => {
  fc.assert(
    fc.property(nearly.chain(cut), (chunks) => {
      ourError(() => split(chunks));
      ourError(() => {
        const section = new CommandSection();
        for (const chunk of chunks) section.add(chunk);
      });
    }),
    RUNS,
  );
});

test('git’s answer passes through byte for byte, whatever it is', async () => {
  await fc.assert(
    fc.asyncProperty(nearly.chain(cut), fc.boolean(), async (chunks, afterRefs) => {
      const filter = new ReportFilter({ afterRefs, notes: () => [], explain: () => null });
      for (const chunk of chunks) filter.write(chunk);
      filter.end();
      expect(await buffer(filter)).toEqual(Buffer.concat(chunks));
    }),
    RUNS,
  );
});

test('contents are read as git writes them, and a list that is not theirs ends with an error of ours', () => {
  const texts = fc.array(fc.string({ maxLength: 60, unit: 'binary' }), { maxLength: 6 });
  fc.assert(
    fc.property(texts, (contents) => {
      const output = contents.map((text) => {
        const body = Buffer.from(text);
        return Buffer.concat([Buffer.from(`${'a'.repeat(40)} blob ${body.length}\n`), body, Buffer.from('\n')]);
      });
      const whole = contents.map((text) => Buffer.from(text).toString());
      expect(parseBatch(Buffer.concat(output), contents.length)).toEqual(whole);
    }),
    RUNS,
  );
  fc.assert(
    fc.property(nearly, fc.nat(5), (output, count) => {
      const read = ourError(() => parseBatch(output, count));
      if (read) expect(read).toHaveLength(count);
    }),
    RUNS,
  );
});

test('an entry of a tree is a file of a path that may be, or is refused', () => {
  fc.assert(
    fc.property(fc.oneof(nearly, bytes), (record) => {
      if (isFolder(record)) return;
      const entry = ourError(() => parseEntry(record));
      if (!entry) return;
      expect(entry.path).not.toMatch(/\p{Cc}|^\/|(^|\/)\.\.?(\/|$)/u);
      expect(Number.isSafeInteger(entry.bytes) && entry.bytes >= 0).toBe(true);
    }),
    { numRuns: 1_000 },
  );
  const name = fc.stringMatching(/^[\w ü$()-]{1,30}$/);
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.nat(10_000), (parts, size) => {
      const path = parts.join('/');
      const record = Buffer.from(`100644 blob ${'b'.repeat(40)} ${String(size).padStart(7)}\t${path}`);
      expect(parseEntry(record)).toEqual({ path, kind: 'file', bytes: size, object: 'b'.repeat(40) });
    }),
    RUNS,
  );
});

test('why an own push was refused is a sentence of bounded length, whatever git said', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 100 }), { maxLength: 10 }),
      fc.string({ maxLength: 100 }),
      (lines, abort) => {
        const error = refusalOf(lines, abort, { pushBytesMax: 1, fullPool: () => null });
        expect(error).toBeInstanceOf(AppError);
        expect(error.message.length).toBeLessThan(1_000);
      },
    ),
    RUNS,
  );
});
