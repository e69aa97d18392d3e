import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNarrator, type Narrator } from './narrate.ts';
import { createOutputReader, parseEvent } from './protocol.ts';

function read(chunks: Buffer[]): string[] {
  const seen: string[] = [];
  const reader = createOutputReader(
    'MARK',
    (event) => seen.push(`(${event.kind})`),
    (line) => seen.push(line),
  );
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return seen;
}

describe("the script's output", () => {
  test('is told apart by the mark, and the empty line before it is not output', () => {
    expect(read([Buffer.from('one\n\ntwo\n\nMARK started\nthree')])).toEqual(['one', '', 'two', '(started)', 'three']);
    expect(read([Buffer.from('no end\nMARK started\nx MARK started\nMARK nonsense\n')])).toEqual([
      ...['no end', '(started)', 'x MARK started', 'MARK nonsense'],
    ]);
  });

  test('reads the same however it is cut', () => {
    const whole = Buffer.from('ünï\n\n\nMARK step build\nlong ✓ line\n\nMARK failed build 137\n');
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const chunks = at.slice(1).map((end, index) => whole.subarray(at[index], end));
        expect(read(chunks)).toEqual(read([whole]));
      }),
    );
  });

  test('is whole, in lines of bounded length, whatever bytes a program prints between events', () => {
    const part = fc.oneof(
      fc.constantFrom('\nMARK started\n', 'MARK', 'MARK failed build 1\n', '\n\n\n', '\r', '\u001b[2J'),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.nat(150_000).map((length) => 'x'.repeat(length)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.integer({ min: 16_384, max: 65_536 }), (parts, size) => {
        const whole = Buffer.from(parts.join(''));
        const count = Math.ceil(whole.length / size);
        const lines = read(
          Array.from({ length: count }, (_, index) => whole.subarray(index * size, (index + 1) * size)),
        );
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(131_072);
        const letters = (text: string) => text.match(/x/g)?.length ?? 0;
        expect(letters(lines.join(''))).toBe(letters(whole.toString()));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test('without a line end takes bounded memory', () => {
    const lines = read(Array.from({ length: 64 }, () => Buffer.alloc(16_384, 'x')));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(65_536);
    expect(lines.join('').length).toBe(64 * 16_384);
  });

  test.each(['', 'step', 'step nothing', 'died', 'died x', 'died -1 0', 'failed build', 'failed rm 1', 'started2'])(
    'that is no event is none: %j',
    (text) => {
      expect(parseEvent(text)).toBeNull();
    },
  );
});

describe('the story of a release', () => {
  function tell(steps: (narrator: Narrator) => void): string[] {
    const said: string[] = [];
    const log = {
      say: (text: string) => said.push(`> ${text}`),
      add: (text: string) => said.push(`  ${text}`),
      output: (raw: string) => said.push(`| ${raw}`),
      keep: () => {},
      lastLines: () => [],
      end: async () => {},
    };
    let now = 0;
    steps(createNarrator(log, () => (now += 100)));
    return said;
  }

  test('names a step with its time, and stays silent about a check that has nothing to say', () => {
    const said = tell(({ event, line }) => {
      event({ kind: 'step', name: 'install' });
      line('Installed x');
      event({ kind: 'done', name: 'install' });
      event({ kind: 'step', name: 'check' });
      event({ kind: 'done', name: 'check' });
    });
    expect(said).toEqual(['> Installing dependencies', '| Installed x', '  done in 100 ms, kept for the next pushes']);
  });

  test("shows the app's own lines when its start fails, without the log's times and without the supervisor's", () => {
    const app = (narrator: Narrator) => {
      narrator.event({ kind: 'started' });
      narrator.line('2026-08-01 12:00:00.123456789  hello');
      narrator.line('2026-08-01 12:00:00.123456789  lightkeeper: the web process ended with code 1; next start in 1 s');
    };
    const failed = tell((narrator) => {
      app(narrator);
      narrator.reveal();
      narrator.line('2026-08-01 12:00:00.123456789  more');
    });
    const quick = tell((narrator) => {
      app(narrator);
      narrator.hush();
      narrator.line('2026-08-01 12:00:00.123456789  GET / 200');
    });
    expect(failed).toEqual(['> Starting', '| hello', '| more']);
    expect(quick).toEqual([]);
  });
});
