// Plain files: a folder with an index.html, served by a small server of ours.

import type { BuildPlan, SourceTree } from './plan.ts';
import { hasFile } from './tree.ts';

const FOLDERS = ['public', 'dist', 'site', '_site', 'build', 'out', 'docs'];

export function plainFiles(tree: SourceTree): BuildPlan | null {
  const folder = ['.', ...FOLDERS].find((name) => hasFile(tree, name === '.' ? 'index.html' : `${name}/index.html`));
  if (!folder) return null;
  return {
    stack: 'static',
    title: folder === '.' ? 'Plain files' : `Plain files in ${folder}/`,
    notes: [],
    dependencies: null,
    build: [],
    check: [],
    start: { argv: ['python3', '-I', '$TOOLS/static-server.py', folder] },
  };
}
