// Python: WSGI applications under gunicorn, ASGI ones under uvicorn (both in the base), or a program that serves itself.

import type { BuildPlan, Dependencies, SourceTree, Start, Step } from './plan.ts';
import { findCallableName, readServing } from './python-source.ts';
import { hasFile, keyOf } from './tree.ts';

const MODULES = ['main.py', 'app.py', 'application.py', 'server.py', 'web.py', 'run.py'];
const CHECK: Step = ['python3', '-IS', '$TOOLS/check-python.py'];

interface Entry {
  title: string;
  start: Start;
}

export function python(tree: SourceTree, base: string): BuildPlan | null {
  const entry = findDjango(tree) ?? findGateway(tree) ?? findCallable(tree) ?? findScript(tree);
  if (!entry) return null;
  return { ...pythonBuild(tree, base), title: `Python, ${entry.title}`, start: entry.start };
}

/** Everything but how it starts: a Procfile says that itself. */
export function pythonBuild(tree: SourceTree, base: string): Omit<BuildPlan, 'title' | 'start'> {
  const asked = /^\s*(?:python-)?(\d{1,3}\.\d{1,3})/.exec(
    tree.texts.get('runtime.txt') ?? tree.texts.get('.python-version') ?? '',
  );
  return {
    stack: 'python',
    notes: asked ? [`Python ${asked[1]} is asked for; the site runs with the Python that is installed in it.`] : [],
    dependencies: findDependencies(tree, base),
    build: [],
    check: [CHECK],
  };
}

export function isPython(tree: SourceTree): boolean {
  return tree.files.some(({ path }) => /^(?:requirements\.txt|pyproject\.toml|[^/]+\.py)$/.test(path));
}

function findDjango(tree: SourceTree): Entry | null {
  if (!hasFile(tree, 'manage.py')) return null;
  const gateway = tree.files.find(({ path }) => /^[A-Za-z_]\w*\/wsgi\.py$/.test(path));
  if (!gateway) return null;
  return gunicorn(`${gateway.path.split('/')[0]}.wsgi:application`);
}

/** A module called wsgi or asgi says by its name what it is. */
function findGateway(tree: SourceTree): Entry | null {
  for (const [path, run] of [
    ['asgi.py', uvicorn],
    ['wsgi.py', gunicorn],
  ] as const) {
    const name = findCallableName(tree.texts.get(path) ?? '');
    if (name) return run(`${path.slice(0, -3)}:${name}`);
  }
  return null;
}

function findCallable(tree: SourceTree): Entry | null {
  for (const path of candidates(tree)) {
    const serving = readServing(tree.texts.get(path) ?? '');
    if (!serving || serving.kind === 'script') continue;
    const module = path.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.');
    if (serving.kind === 'asgi') return uvicorn(`${module}:${serving.target}`, serving.factory ? ['--factory'] : []);
    return gunicorn(`${module}:${serving.target}${serving.factory ? '()' : ''}`);
  }
  return null;
}

function findScript(tree: SourceTree): Entry | null {
  const serving = MODULES.find((path) => readServing(tree.texts.get(path) ?? '')?.kind === 'script');
  const path = serving ?? ['main.py', 'app.py'].find((name) => hasFile(tree, name));
  return path ? { title: `python3 ${path}`, start: { argv: ['python3', path] } } : null;
}

/** Modules at the top first, then those one folder down, where packages keep theirs. */
function candidates(tree: SourceTree): string[] {
  const inFolders = [...tree.texts.keys()].filter((path) =>
    /^(?!tests?\/|docs\/|scripts\/)[A-Za-z_]\w*\/\w+\.py$/.test(path),
  );
  return [...MODULES, ...inFolders.sort()];
}

function gunicorn(target: string): Entry {
  const options = ['--workers', '1', '--threads', '8', '--worker-tmp-dir', '/dev/shm', '--graceful-timeout', '8'];
  const argv = [
    'python3',
    '-m',
    'gunicorn',
    '--bind',
    '0.0.0.0:$PORT',
    ...options,
    '--forwarded-allow-ips',
    '*',
    target,
  ];
  return { title: `gunicorn for ${target}`, start: { argv } };
}

function uvicorn(target: string, more: string[] = []): Entry {
  const options = ['--no-access-log', '--timeout-graceful-shutdown', '8', '--forwarded-allow-ips', '*', ...more];
  const argv = ['python3', '-m', 'uvicorn', '--host', '0.0.0.0', '--port', '$PORT', ...options, target];
  return { title: `uvicorn for ${target}`, start: { argv } };
}

function findDependencies(tree: SourceTree, base: string): Dependencies | null {
  const file = hasFile(tree, 'requirements.txt') ? 'requirements.txt' : asksForPackages(tree) ? 'pyproject.toml' : null;
  if (!file) return null;
  const isNamed = createPlaces(localPaths(tree));
  const matches = (path: string) =>
    path === file || /^(?:requirements|constraints)[^/]*\.txt$|^requirements\//.test(path) || isNamed(path);
  return {
    key: keyOf(tree, base, ['python', file], matches),
    shared: !requirementLines(tree).some((line) => /^\s*(?:-e|--editable)\b/.test(line)),
    install: [['$TOOLS/install-python', file]],
    mount: 'environment',
  };
}

/** A pyproject.toml is often only the settings of tools. */
function asksForPackages(tree: SourceTree): boolean {
  const text = tree.texts.get('pyproject.toml') ?? '';
  return /^\[project\]/m.test(text) && /^dependencies\s*=\s*\[\s*(?:#[^\n]*\n\s*)*["']/m.test(text);
}

/** Whether a path, or a folder above it, is one of these. Each folder is looked at once, however many files it has. */
function createPlaces(named: ReadonlySet<string>): (path: string) => boolean {
  const known = new Map([['', named.has('')]]);
  const isNamed = (path: string): boolean => {
    const answer = known.get(path) ?? (named.has(path) || isNamed(path.slice(0, Math.max(0, path.lastIndexOf('/')))));
    known.set(path, answer);
    return answer;
  };
  return isNamed;
}

/** What requirements files name in the tree itself: wheels, folders of wheels, projects. '' is the whole tree. */
function localPaths(tree: SourceTree): Set<string> {
  const paths = requirementLines(tree).flatMap((line) => {
    const option = /^\s*(?:-r|--requirement|-c|--constraint|-f|--find-links|-e|--editable)(?:\s+|=)(\S+)/.exec(
      line,
    )?.[1];
    const local = option ?? /^\s*(?:[\w.[\],-]+\s*@\s*)?((?:file:)?\.{0,2}\/?\S*)/.exec(line)?.[1] ?? '';
    if (!option && !/^(?:\.|file:)|\/|\.whl$/.test(local)) return [];
    if (/^[a-z+]+:\/\//.test(local)) return [];
    const place = withoutExtras(local.replace(/^file:(?:\.\/)?/, ''));
    return [withoutLastSlashes(place.replace(/^(?:\.\/)+|^\.$/, ''))];
  });
  return new Set(paths);
}

/** `place[one,two]` without what is in brackets. */
function withoutExtras(place: string): string {
  const at = place.indexOf('[');
  return at !== -1 && place.endsWith(']') ? place.slice(0, at) : place;
}

/** In one pass: an expression that is bound to the end looks from each slash anew. */
function withoutLastSlashes(place: string): string {
  let end = place.length;
  while (place[end - 1] === '/') end -= 1;
  return place.slice(0, end);
}

function requirementLines(tree: SourceTree): string[] {
  const files = [...tree.texts].filter(([path]) => /^requirements[^/]*\.txt$/.test(path));
  return files.flatMap(([, text]) => text.split('\n'));
}
