// The console: one command line in, one answer and an exit code out. Text goes to standard output and refusals to standard
// error; with `--json` there is one document on standard output, whatever happens.

import { countedAddress } from '#lib/auth/client-address.ts';
import type { Log } from '#lib/log.ts';
import type { Identity } from '../door.ts';
import { explanationOf, renderExplanation } from '../explain.ts';
import type { Account } from '../sites.ts';
import { type Arguments, JSON_OPTION, readArguments } from './arguments.ts';
import { type Command, type ConsoleDeps, type ConsoleStreams, usageOf } from './command.ts';
import { COMMANDS } from './commands.ts';
import { requireCommand } from './help.ts';
import { plain, renderJson } from './plain.ts';
import { isUsageError } from './usage.ts';
import { splitWords } from './words.ts';

export interface ConsoleRequest {
  identity: Identity;
  line: string;
  /** The peer's address as the socket has it. */
  from: string;
  streams: ConsoleStreams;
  /** Takes what goes wrong. */
  complain: (text: string) => void;
  /** The exit codes of a refusal, and of a line that is not right. */
  exits: { refused: number; usage: number };
}

/** Answers the exit code. Never throws. */
export async function runConsole(
  deps: ConsoleDeps & { log: Log },
  { identity, line, from, streams, complain, exits }: ConsoleRequest,
): Promise<number> {
  let isJson = /(?:^|\s)--json(?:\s|$)/.test(line);
  try {
    const parsed = parseLine(line);
    isJson = parsed.isJson;
    const answer = await parsed.command.run({
      ...{ deps, identity, streams, ...parsed },
      accounts: await accountsOf(deps, identity),
      address: countedAddress(from),
    });
    if (answer) streams.say(isJson ? renderJson(answer.json) : plain(answer.text));
    return 0;
  } catch (error) {
    const fields = { site: identity.site?.id, user: identity.user, from };
    const explanation = explanationOf(error, deps.log, fields);
    if (isJson) streams.say(renderJson({ error: explanation }));
    else complain(plain(renderExplanation(explanation)));
    return isUsageError(error) ? exits.usage : exits.refused;
  }
}

export interface ParsedLine {
  command: Command;
  arguments: Arguments;
  isJson: boolean;
}

/** Pure. An empty line is `help`. Throws usage errors. */
export function parseLine(line: string): ParsedLine {
  const [word = 'help', ...words] = splitWords(line);
  const command = requireCommand(word, COMMANDS);
  const known = [...(command.options ?? []), JSON_OPTION];
  const given = readArguments(words, known, usageOf(command));
  return { command, arguments: given, isJson: given.options.has(JSON_OPTION.name) };
}

/** Looked up anew with each command: a key that was taken from its account is nobody's. */
async function accountsOf({ sites }: ConsoleDeps, { visitor }: Identity): Promise<Account[]> {
  return visitor ? sites.accountsWith(visitor.key.fingerprint) : [];
}
