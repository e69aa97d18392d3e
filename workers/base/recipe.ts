// What the base filesystem is made of: pure data, from the host's facts to one recipe, and from the recipe to its hash.
// Everything that changes a byte of the base is part of the recipe, so a base with the right name is the right base.

import { createHash } from 'node:crypto';
import { BASE_FILES } from './files.ts';
import type { Mirror } from './mirrors.ts';

export const SUITE = 'trixie';

/** Goes up when the build changes something that the rest of the recipe does not show. */
const REVISION = 1;

const NPM_VERSION = '11.21.2';

const PACKAGES = [
  ...['bash', 'bzip2', 'ca-certificates', 'curl', 'file', 'git', 'iproute2', 'iputils-ping', 'less', 'nano', 'procps'],
  ...['openssh-sftp-server', 'rsync', 's6', 'socat', 'sudo', 'unzip', 'vim-tiny', 'xz-utils'],
  ...['python3', 'python3-venv', 'python3-pip', 'gunicorn', 'uvicorn', 'nodejs'],
];

const DPKG_OPTIONS = [
  'path-exclude=/usr/share/doc/*',
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/info/*',
  'path-exclude=/usr/share/locale/*',
  'path-include=/usr/share/doc/*/copyright',
];

export interface HostFacts {
  architecture: string;
  /** Where the host itself gets Debian from; the site's apt will, too. */
  mirrors: Mirror[];
  /** The operator's own certificate authorities, PEM by file name. */
  certificates: Record<string, string>;
  /** What user and group 0 of a container are on the host. */
  subIdOffset: number;
}

export interface BaseFile {
  path: string;
  mode: number;
  content: string;
}

export interface Recipe extends HostFacts {
  revision: number;
  suite: string;
  packages: string[];
  dpkgOptions: string[];
  npmVersion: string;
  files: BaseFile[];
}

export function planRecipe(host: HostFacts): Recipe {
  return {
    ...host,
    revision: REVISION,
    suite: SUITE,
    packages: PACKAGES,
    dpkgOptions: DPKG_OPTIONS,
    npmVersion: NPM_VERSION,
    files: [...BASE_FILES],
  };
}

/** The name of the base's directory: `base-` and 16 hexadecimal digits. */
export function baseName(recipe: Recipe): string {
  const certificates = Object.entries(recipe.certificates).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify({ ...recipe, certificates });
  return `base-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

/**
 * mmdebstrap(1), which installs the packages into an empty directory. The package lists stay, so that `apt-get install`
 * works at once.
 */
export function mmdebstrapArguments(recipe: Recipe, directory: string): string[] {
  return [
    '--mode=root',
    '--format=directory',
    '--variant=minbase',
    `--include=${recipe.packages.join(',')}`,
    ...recipe.dpkgOptions.map((option) => `--dpkgopt=${option}`),
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=Acquire::GzipIndexes "true"',
    '--skip=cleanup/apt/lists',
    recipe.suite,
    directory,
    ...recipe.mirrors.map(({ uri, suite }) => `deb ${uri} ${suite} main`),
  ];
}

/** Puts a current npm into /usr/local: Debian's own brings hundreds of packages along. */
export function npmArguments(recipe: Recipe, directory: string): string[] {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  return ['install', '--global', `--prefix=${directory}/usr/local`, ...quiet, `npm@${recipe.npmVersion}`];
}
