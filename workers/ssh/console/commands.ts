// The commands of the console, in the order in which `help` tells them.

import { CHECKPOINT } from './checkpoints.ts';
import type { Command } from './command.ts';
import { ENVIRONMENT } from './environment.ts';
import { showHelp } from './help.ts';
import { LOGS } from './logs.ts';
import { LIST, STATUS, WHOAMI } from './look.ts';
import { NEW_SITE } from './new-site.ts';
import { RESTART, ROLLBACK } from './releases.ts';
import { REMOVE, UNDELETE } from './removal.ts';

const HELP: Command = {
  name: 'help',
  takes: '[COMMAND]',
  summary: 'this text, or more about one command',
  run: (call) => showHelp(call, COMMANDS),
};

export const COMMANDS: readonly Command[] = [
  NEW_SITE,
  LIST,
  STATUS,
  LOGS,
  ENVIRONMENT,
  ROLLBACK,
  RESTART,
  CHECKPOINT,
  REMOVE,
  UNDELETE,
  WHOAMI,
  HELP,
];
