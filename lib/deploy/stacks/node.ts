// Node: package.json with a start script, a main file, or a build whose result is plain files.

import { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import type { BuildPlan, Dependencies, SourceTree, Start, Step } from './plan.ts';
import { hasFile, keyOf } from './tree.ts';

const MAINS = ['server.js', 'index.js', 'app.js', 'main.js'].flatMap((file) => [file, file.replace('.js', '.mjs')]);
const BUILT_FOLDERS = ['dist', 'build', 'out', 'public'];
const PACKAGE_FILES = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc'];
/** Scripts that npm runs during an install: they may need the whole tree. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];
/** Their bundlers refuse a node_modules that is a link. */
const REFUSE_LINKS = ['next'];

const words = z.record(z.string(), z.string()).catch({});
const PACKAGE = z.looseObject({
  main: z.string().optional().catch(undefined),
  scripts: words.default({}),
  dependencies: words.default({}),
  devDependencies: words.default({}),
  optionalDependencies: words.default({}),
  workspaces: z.unknown().optional(),
});
type Package = z.infer<typeof PACKAGE>;

export function node(tree: SourceTree, base: string): BuildPlan | null {
  if (!hasFile(tree, 'package.json')) return null;
  const about = readPackage(tree);
  const entry = findStart(tree, about);
  return entry && { ...nodeBuild(tree, base), title: `Node, ${entry.title}`, start: entry.start };
}

/** Everything but how it starts: a Procfile says that itself. */
export function nodeBuild(tree: SourceTree, base: string): Omit<BuildPlan, 'title' | 'start'> {
  const about = readPackage(tree);
  const dependencies = findDependencies(tree, base, about);
  const install = dependencies || !hasPackages(about) ? [] : [npmInPlace(tree, about)];
  const foreign = ['yarn.lock', 'pnpm-lock.yaml', 'bun.lockb', 'bun.lock'].find((file) => hasFile(tree, file));
  return {
    stack: 'node',
    notes:
      foreign && !hasLock(tree) ? [`${foreign} is not read: npm installs the versions that package.json allows.`] : [],
    dependencies,
    build: [...install, ...(about.scripts.build ? [['npm', 'run', 'build', '--no-update-notifier']] : [])],
    check: [],
  };
}

/** Throws `push-refused` with the fault when package.json cannot be read. */
function readPackage(tree: SourceTree): Package {
  try {
    return PACKAGE.parse(JSON.parse((tree.texts.get('package.json') ?? '').replace(/^\uFEFF/, '')));
  } catch (cause) {
    const fault = cause instanceof SyntaxError ? cause.message : 'it is not an object, or larger than 256 KB';
    throw new AppError('push-refused', {
      message: `package.json is not usable: ${fault}.`,
      hint: 'Correct package.json (`npm pkg fix` helps) and push again.',
      cause,
    });
  }
}

function findStart(tree: SourceTree, about: Package): { title: string; start: Start } | null {
  const script = about.scripts.start;
  if (script) {
    // npm itself costs a third of a second and 50 MB while the app runs; it is only needed for hooks around the script.
    if (about.scripts.prestart || about.scripts.poststart)
      return { title: 'npm start', start: { argv: ['npm', 'start'] } };
    return { title: script.length > 80 ? 'npm start' : script, start: { line: script } };
  }
  const file = findMain(tree, about);
  if (file) return { title: `node ${file}`, start: { argv: ['node', file] } };
  if (!about.scripts.build) return null;
  const argv = ['python3', '-I', '$TOOLS/static-server.py', ...BUILT_FOLDERS, '.'];
  return { title: 'npm run build, then its files', start: { argv } };
}

/** A script beside an index.html is the page's own, unless it is called server. */
function findMain(tree: SourceTree, about: Package): string | null {
  const named = about.main?.replace(/^\.\//, '');
  const isBuilt = Boolean(about.scripts.build) && /^(?:dist|build|out|lib)\/[\w./-]+\.[cm]?js$/.test(named ?? '');
  if (named && (isBuilt || (hasFile(tree, named) && !hasFile(tree, 'index.html')))) return named;
  const mains = hasFile(tree, 'index.html') ? MAINS.filter((file) => file.startsWith('server.')) : MAINS;
  return mains.find((file) => hasFile(tree, file)) ?? null;
}

function findDependencies(tree: SourceTree, base: string, about: Package): Dependencies | null {
  if (!hasPackages(about) || needsWholeTree(tree, about)) return null;
  const isBuilt = Boolean(about.scripts.build);
  const matches = (path: string) => PACKAGE_FILES.includes(path);
  return {
    key: keyOf(tree, base, ['node', isBuilt ? 'dev' : 'production'], matches),
    shared: true,
    install: [['$TOOLS/install-node', hasLock(tree) ? 'ci' : 'install', isBuilt ? '--include=dev' : '--omit=dev']],
    mount: REFUSE_LINKS.some((name) => name in about.dependencies) ? 'hardlinks' : 'symlink',
  };
}

function npmInPlace(tree: SourceTree, about: Package): Step {
  const kind = about.scripts.build ? '--include=dev' : '--omit=dev';
  return [
    'npm',
    hasLock(tree) ? 'ci' : 'install',
    kind,
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--no-progress',
  ];
}

function hasPackages(about: Package): boolean {
  const dev = about.scripts.build ? about.devDependencies : {};
  return (
    about.workspaces !== undefined ||
    Object.keys({ ...about.dependencies, ...about.optionalDependencies, ...dev }).length > 0
  );
}

function needsWholeTree(tree: SourceTree, about: Package): boolean {
  const versions = Object.values({ ...about.dependencies, ...about.devDependencies, ...about.optionalDependencies });
  return (
    about.workspaces !== undefined ||
    INSTALL_SCRIPTS.some((name) => about.scripts[name]) ||
    versions.some((version) => /^(?:file|link|workspace):|^\.{0,2}\//.test(version)) ||
    tree.files.some(({ path }) => path.startsWith('patches/'))
  );
}

function hasLock(tree: SourceTree): boolean {
  return hasFile(tree, 'package-lock.json') || hasFile(tree, 'npm-shrinkwrap.json');
}
