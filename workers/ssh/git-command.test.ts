import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSiteName } from '#lib/sites/names.ts';
import { parseGatewayCommand } from './git-command.ts';

describe('parseGatewayCommand', () => {
  it.each([
    ["git-receive-pack '/calm-reef-7.git'", 'receive-pack'],
    ["git-upload-pack 'calm-reef-7.git'", 'upload-pack'],
    ["git upload-pack '/calm-reef-7'", 'upload-pack'],
    ['git-upload-pack /calm-reef-7.git', 'upload-pack'],
    ['git-receive-pack "/calm-reef-7.git/"', 'receive-pack'],
  ])('understands %s', (line, service) => {
    expect(parseGatewayCommand(line)).toEqual({ kind: 'git', service, siteName: 'calm-reef-7' });
  });

  it.each([
    "git-upload-pack '../calm-reef-7.git'",
    "git-upload-pack '/calm-reef-7.git/../other.git'",
    "git-upload-pack '/a/calm-reef-7.git'",
    "git-upload-pack '--upload-pack=id'",
    "git-upload-pack '-x'",
    "git-upload-pack '~/calm-reef-7.git'",
    "git-upload-pack '/CALM.git'",
    "git-upload-pack '/admin.git'",
    "git-upload-pack ''",
    "git-upload-pack '/calm\\0reef.git'",
  ])('finds no repository in %s', (line) => {
    expect(parseGatewayCommand(line)).toEqual({ kind: 'no-repository' });
  });

  it.each([
    "git-upload-archive '/calm-reef-7.git'",
    "git-upload-pack --strict '/calm-reef-7.git'",
    "git-upload-pack '/calm-reef-7.git'; id",
    "git-upload-pack '/calm-reef-7.git' && id",
    "git-upload-pack '/calm'\\''reef.git'",
    "git-upload-pack '/calm-reef-7.git'\nid",
    "/usr/bin/git-upload-pack '/calm-reef-7.git'",
    "GIT-UPLOAD-PACK '/calm-reef-7.git'",
    'git-upload-pack',
    'scp -t /etc',
    'id',
    'rollback now',
  ])('does not understand %s', (line) => {
    expect(parseGatewayCommand(line)).toEqual({ kind: 'unknown' });
  });

  it('does not look far into a line of 30 KB', () => {
    expect(parseGatewayCommand(`git-upload-pack '${'a'.repeat(30_000)}'`)).toEqual({ kind: 'unknown' });
  });

  it.each(['rollback', 'logs', 'logs -f', ' status ', 'help', ''])('leaves "%s" to the console', (line) => {
    expect(parseGatewayCommand(line)).toEqual({ kind: 'unknown' });
  });

  it('never yields a name that could leave its place, whatever the line', () => {
    const words = fc.oneof(
      fc.string(),
      fc.constantFrom('..', '/', "'", '"', '\\', '-', ' ', '\n', 'a', 'calm-reef-7', '.git'),
    );
    const paths = fc.array(words, { maxLength: 8 }).map((parts) => parts.join(''));
    const lines = fc.oneof(
      fc.string(),
      fc
        .tuple(
          fc.constantFrom("git-upload-pack '", 'git-receive-pack ', 'git upload-pack "'),
          paths,
          fc.constantFrom("'", '', '"'),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(lines, (line) => {
        const command = parseGatewayCommand(line);
        return command.kind !== 'git' || (isSiteName(command.siteName) && /^[a-z0-9-]+$/.test(command.siteName));
      }),
      { numRuns: 2_000 },
    );
  });
});
