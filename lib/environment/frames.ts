// Variables on their way into a container: one after the other through standard input, as `keep_environment` of
// workers/container/service.sh takes them. Never as words of a command, and never as text that a shell reads. Pure.

import { invariant } from '../errors/app-error.ts';
import { NAME, type Variables } from './variables.ts';

/**
 * A line with the name and a count of bytes, then that many bytes, for each; a line with a dot is the end. The bytes are
 * a file for s6-envdir(8): the value, its line ends as NUL, and a line end, behind which the program reads nothing.
 */
export function renderFrames(variables: Variables): Buffer {
  const frames = [...variables].map(([name, value]) => {
    invariant(NAME.test(name) && !value.includes('\0'), 'a variable is fit for a file of its name');
    const bytes = Buffer.from(`${value.replaceAll('\n', '\0')}\n`);
    return Buffer.concat([Buffer.from(`${name} ${bytes.length}\n`), bytes]);
  });
  return Buffer.concat([...frames, Buffer.from('.\n')]);
}
