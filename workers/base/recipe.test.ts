import { describe, expect, test } from 'vitest';
import { planMirrors } from './mirrors.ts';
import { baseName, type HostFacts, mmdebstrapArguments, npmArguments, planRecipe } from './recipe.ts';

const HOST: HostFacts = {
  architecture: 'amd64',
  mirrors: [{ uri: 'http://mirror.example/debian', suite: 'trixie' }],
  certificates: { 'a.crt': 'A', 'b.crt': 'B' },
  subIdOffset: 100_000,
};

describe('the name of the base', () => {
  const name = baseName(planRecipe(HOST));

  test('is the same for the same facts, in whatever order they were read', () => {
    expect(name).toMatch(/^base-[0-9a-f]{16}$/);
    expect(baseName(planRecipe({ ...HOST, certificates: { 'b.crt': 'B', 'a.crt': 'A' } }))).toBe(name);
  });

  test.each<[string, Partial<HostFacts>]>([
    ['the sub-id offset', { subIdOffset: 165_536 }],
    ['a certificate authority', { certificates: { 'a.crt': 'other', 'b.crt': 'B' } }],
    ['the mirror', { mirrors: [{ uri: 'http://other.example/debian', suite: 'trixie' }] }],
    ['the architecture', { architecture: 'arm64' }],
  ])('changes with %s', (_, changed) => {
    expect(baseName(planRecipe({ ...HOST, ...changed }))).not.toBe(name);
  });

  test('changes with the packages', () => {
    const recipe = planRecipe(HOST);
    expect(baseName({ ...recipe, packages: [...recipe.packages, 'cowsay'] })).not.toBe(name);
  });
});

test('mmdebstrap gets the suite, the directory and one source a mirror, and keeps the package lists', () => {
  const args = mmdebstrapArguments(planRecipe(HOST), '/stage');
  expect(args.slice(-3)).toEqual(['trixie', '/stage', 'deb http://mirror.example/debian trixie main']);
  expect(args).toContain('--skip=cleanup/apt/lists');
  const include = args.find((arg) => arg.startsWith('--include=')) ?? '';
  for (const name of ['python3', 'nodejs', 's6', 'openssh-sftp-server', 'git']) expect(include).toContain(name);
});

test('npm goes into the base and runs no install script', () => {
  const args = npmArguments(planRecipe(HOST), '/stage');
  expect(args).toContain('--prefix=/stage/usr/local');
  expect(args).toContain('--ignore-scripts');
  expect(args.at(-1)).toMatch(/^npm@\d+\.\d+\.\d+$/);
});

describe('the mirrors', () => {
  test('are those of the host, for the suite of the base', () => {
    const text = 'deb [arch=amd64] http://mirror.example/debian/ bookworm main contrib # ours\n';
    expect(planMirrors({ 'sources.list': text })).toEqual([{ uri: 'http://mirror.example/debian', suite: 'trixie' }]);
  });

  test('include updates and security where the host has them', () => {
    const text = `# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main
`;
    expect(planMirrors({ 'debian.sources': text })).toEqual([
      { uri: 'http://mirror.example/debian', suite: 'trixie' },
      { uri: 'http://mirror.example/debian', suite: 'trixie-updates' },
      { uri: 'http://security.example/debian-security', suite: 'trixie-security' },
    ]);
  });

  test.each([
    ['no sources', ''],
    ['a commented line', '# deb http://mirror.example/debian bookworm main'],
    ['another vendor', 'deb https://packages.example/apt cloud-sdk-bookworm main'],
    ['a disc', 'deb cdrom:[Debian]/ bookworm main'],
    ['sources only', 'deb-src http://mirror.example/debian bookworm main'],
    ['another distribution', 'deb http://archive.example/ubuntu noble main'],
  ])('are left to mmdebstrap for %s', (_, text) => {
    expect(planMirrors({ 'sources.list': text })).toEqual([]);
  });

  test('leave out what is switched off', () => {
    const text = 'Types: deb\nEnabled: no\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\n';
    expect(planMirrors({ 'debian.sources': text })).toEqual([]);
  });
});
