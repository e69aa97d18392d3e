// A Procfile says itself how the site starts (`web: command`); what it needs is still found from the other files.

import { AppError } from '../../errors/app-error.ts';
import { nodeBuild } from './node.ts';
import type { BuildPlan, SourceTree } from './plan.ts';
import { isPython, pythonBuild } from './python.ts';
import { hasFile } from './tree.ts';

const OTHERS_MAX = 8;

/** Throws `push-refused` when there is a Procfile without a usable `web:` line. */
export function procfile(tree: SourceTree, base: string): BuildPlan | null {
  if (!hasFile(tree, 'Procfile')) return null;
  const processes = parseProcfile(tree.texts.get('Procfile') ?? '');
  const line = processes.get('web');
  if (!line) {
    throw new AppError('push-refused', {
      message: 'The Procfile has no line that starts with "web:".',
      hint: 'Add one, such as "web: python3 main.py", or remove the Procfile and let the site find its own start.',
    });
  }
  const build = planBuild(tree, base);
  const label = { python: 'Python', node: 'Node', static: 'Procfile' }[build.stack];
  const others = [...processes.keys()].filter((name) => name !== 'web');
  const named = others.length > OTHERS_MAX ? [...others.slice(0, OTHERS_MAX), 'the others'] : others;
  const notes = named.length > 0 ? [`Only the web process of the Procfile is started, not ${named.join(', ')}.`] : [];
  return {
    ...build,
    title: `${label}, ${line.length > 80 ? `${line.slice(0, 80)}…` : line}`,
    notes: [...build.notes, ...notes],
    start: { line },
  };
}

/** Name to command; the first line of a name counts. Blank lines, comments and anything else are passed over. */
export function parseProcfile(text: string): Map<string, string> {
  const processes = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const [, name, rest] = /^([A-Za-z0-9_-]{1,40})\s*:(.*)$/.exec(line.trim()) ?? [];
    const command = rest?.trim();
    if (name && command && !processes.has(name)) processes.set(name, command);
  }
  return processes;
}

function planBuild(tree: SourceTree, base: string): Omit<BuildPlan, 'title' | 'start'> {
  if (isPython(tree)) return pythonBuild(tree, base);
  if (hasFile(tree, 'package.json')) return nodeBuild(tree, base);
  return { stack: 'static', notes: [], dependencies: null, build: [], check: [] };
}
