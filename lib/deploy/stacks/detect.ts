// The ordered table of stacks: the first that recognises a tree makes its plan.

import { AppError } from '../../errors/app-error.ts';
import { node } from './node.ts';
import type { BuildPlan, SourceTree, Stack } from './plan.ts';
import { procfile } from './procfile.ts';
import { python } from './python.ts';
import { plainFiles } from './static.ts';

const TITLE_MAX = 120;
const STACKS: readonly Stack[] = [procfile, python, node, plainFiles];

/**
 * `base` names what the containers are made from: other Python or Node, other dependencies. Throws `push-refused` when no
 * stack knows the tree, or when one does and a file of it is broken.
 */
export function detect(tree: SourceTree, base: string): BuildPlan {
  for (const stack of STACKS) {
    const plan = stack(tree, base);
    if (plan) return { ...plan, title: shortened(plan.title) };
  }
  const shown = [...new Set(tree.files.map(({ path }) => path.split('/')[0]))].slice(0, 8).join(', ');
  throw new AppError('push-refused', {
    message:
      tree.files.length === 0
        ? 'The commit holds no files.'
        : `Nothing here says how to start the site: no Procfile, no Python app (main.py, app.py, wsgi.py, asgi.py), no package.json with a start script, no index.html. Found at the top: ${shown}.`,
    hint: 'Add one of them at the top of the repository; a Procfile with "web: your command" fits everything. The command must serve http on $PORT.',
  });
}

function shortened(title: string): string {
  return title.length > TITLE_MAX ? `${title.slice(0, TITLE_MAX)}…` : title;
}
