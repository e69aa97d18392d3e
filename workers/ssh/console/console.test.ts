import { describe, expect, it } from 'vitest';
import { COMMANDS } from './commands.ts';
import { parseLine } from './console.ts';
import { renderHelp } from './help.ts';
import { nearest } from './nearest.ts';
import { plain, renderJson, renderTable, shown } from './plain.ts';

const options = (line: string) => Object.fromEntries(parseLine(line).arguments.options);

describe('parseLine', () => {
  it.each([
    ['', 'help', [], {}],
    [' status ', 'status', [], {}],
    ['rollback calm-reef-7', 'rollback', ['calm-reef-7'], {}],
    ['logs', 'logs', [], {}],
    ['logs -f', 'logs', [], { follow: '' }],
    ['logs --follow', 'logs', [], { follow: '' }],
    ['logs calm-reef-7 -n 20', 'logs', ['calm-reef-7'], { lines: '20' }],
    ['logs -n20', 'logs', [], { lines: '20' }],
    ['new --repo=https://example.org/a=b', 'new', [], { repo: 'https://example.org/a=b' }],
    ['env x set A=-b -- --C=d', 'env', ['x', 'set', 'A=-b', '--C=d'], {}],
    ['rm x --confirm x --json', 'rm', ['x'], { confirm: 'x', json: '' }],
  ])('reads "%s"', (line, name, values, given) => {
    const { command, arguments: parsed } = parseLine(line);
    expect([command.name, parsed.values, options(line)]).toEqual([name, values, given]);
  });

  it.each([
    ['log x', 'This port does not know that command.', 'Did you mean `logs`?'],
    ['stauts', 'This port does not know that command.', 'Did you mean `status`?'],
    ['checkpoints x', 'This port does not know that command.', 'Did you mean `checkpoint`?'],
    ['logs; id', 'This port does not know that command.', 'Did you mean `logs`?'],
    ['sh -c id', 'This port does not know that command.', 'It serves git, and the commands new, ls,'],
    ['id', 'This port does not know that command.', 'It serves git'],
    ['ls --jsn', 'There is no option "--jsn" here.', 'Did you mean `--json`?'],
    ['ls -x', 'There is no option "-x" here.', 'Usage: ls'],
    ['logs x -n', 'The option --lines needs a number of lines.', 'Usage: logs'],
    ['ls --json=yes', 'The option --json takes no value.', 'Usage: ls'],
    ["ls '--\u202e\ttxt'", 'There is no option "--��txt" here.', 'Usage: ls'],
  ])('says of "%s" what is wrong, and what was meant', (line, message, hint) => {
    let error: unknown;
    try {
      parseLine(line);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'bad-request', message, hint: expect.stringContaining(hint) });
  });

  it('understands the first word of every usage that help shows', () => {
    const help = renderHelp(COMMANDS, { host: 'example.org', port: 2222 });
    for (const { name, summary } of COMMANDS) {
      expect(help).toContain(summary);
      expect(parseLine(name).command.name).toBe(name);
    }
    expect(help.split('\n').every((line) => line.length <= 120)).toBe(true);
  });
});

it('the nearest word is one slip or two away, and never as far as another word', () => {
  expect(nearest('lgos', ['logs', 'ls'])).toBe('logs');
  expect(nearest('LOGS', ['logs', 'ls'])).toBe('logs');
  expect(nearest('id', ['ls', 'rm'])).toBeNull();
  expect(nearest('x'.repeat(10_000), ['logs'])).toBeNull();
});

describe('what is printed', () => {
  it('has nothing that a terminal obeys', () => {
    const hostile = 'a\u001b[2J\r\u009b31m\u202e\u200bb\nc';
    expect(plain(hostile)).toBe('a�[2J��31m��b\nc');
    expect(shown(`${hostile}${'x'.repeat(100)}`)).toMatch(/^"[^\n]{41}"$/);
    const json = renderJson({ value: hostile, tag: '\u{e0001}' });
    expect(json).not.toMatch(/[^\P{C}\n]/u);
    expect(JSON.parse(json)).toEqual({ value: hostile, tag: '\u{e0001}' });
  });

  it('lines columns up, without blanks at the ends', () => {
    expect(
      renderTable([
        ['A', 'BB'],
        ['ccc', ''],
        ['d', 'e'],
      ]),
    ).toBe('A    BB\nccc\nd    e\n');
  });
});
