// The command lines of git that the gateway port understands, as a grammar and not as a shell: what does not match exactly
// is none (the console's are in console/words.ts). Git sends `git-upload-pack '/NAME.git'` (git's sq_quote); options, `..` and second words have no place in it.

import { isSiteName } from '#lib/sites/names.ts';

export type GitService = 'receive-pack' | 'upload-pack';

export type GatewayCommand =
  | { kind: 'git'; service: GitService; siteName: string }
  | { kind: 'no-repository' }
  | { kind: 'unknown' };

const GIT = /^git[ -](receive-pack|upload-pack) (?:'([^']*)'|"([^"]*)"|([^\s'"\\]+))$/;
const REPOSITORY = /^\/?([a-z0-9-]{1,64})(?:\.git)?\/?$/;
const COMMAND_CHARACTERS_MAX = 256;

export function parseGatewayCommand(line: string): GatewayCommand {
  if (line.length > COMMAND_CHARACTERS_MAX) return { kind: 'unknown' };
  const match = GIT.exec(line);
  if (!match) return { kind: 'unknown' };
  const siteName = REPOSITORY.exec(match[2] ?? match[3] ?? match[4] ?? '')?.[1] ?? '';
  if (!isSiteName(siteName)) return { kind: 'no-repository' };
  return { kind: 'git', service: match[1] === 'receive-pack' ? 'receive-pack' : 'upload-pack', siteName };
}
