// `help`: the table of commands as text, and one command with all that there is to know about it.

import { type Answer, type Call, type Command, usageOf } from './command.ts';
import { nearest } from './nearest.ts';
import { requireNothing } from './site-argument.ts';
import { usageError } from './usage.ts';

const WIDTH = 52;

/** All commands, or the one that is named. Throws a usage error for one that is none. */
export async function showHelp(call: Call, commands: readonly Command[]): Promise<Answer> {
  const [word, ...rest] = call.arguments.values;
  requireNothing(call, rest);
  if (word !== undefined) return helpOf(requireCommand(word, commands));
  const { sshGatewayPort: port } = call.deps.settings;
  const host = new URL(call.deps.settings.appUrl).hostname;
  return { text: renderHelp(commands, { host, port }), json: { commands: commands.map(summaryOf) } };
}

/** Throws a usage error that names the nearest command. */
export function requireCommand(word: string, commands: readonly Command[]): Command {
  const command = commands.find(({ name }) => name === word);
  if (command) return command;
  const near = nearest(
    word,
    commands.map(({ name }) => name),
  );
  const names = commands.map(({ name }) => name).join(', ');
  const hint = `It serves git, and the commands ${names}; a shell is on the site’s own port.`;
  throw usageError('This port does not know that command.', near ? `Did you mean \`${near}\`?` : hint);
}

/** Pure. */
export function renderHelp(commands: readonly Command[], at: { host: string; port: number }): string {
  const rows = commands.map((command) => `  ${syntaxOf(command).padEnd(WIDTH)} ${command.summary}\n`).join('');
  return `Commands, after \`ssh -p ${at.port} ${at.host}\`:
${rows}
\`--json\` makes any of them answer with one JSON document; \`help COMMAND\` tells more about one.
With an SSH key of your account you are you, whatever name you sign in with. Without an account, \`new\` launches a site
that your key opens: ssh -p ${at.port} console@${at.host} new
As NAME@${at.host}, with the site's password or keys, the site's name can be left out.
Git goes to ssh://NAME@${at.host}:${at.port}/NAME.git; a shell is on the site's own port.
`;
}

function helpOf(command: Command): Answer {
  const more = (command.more ?? []).map((line) => `  ${line}\n`).join('');
  return {
    text: `${usageOf(command)}\n${command.summary}\n${more}`,
    json: { ...summaryOf(command), more: command.more ?? [] },
  };
}

function summaryOf(command: Command) {
  return { name: command.name, usage: syntaxOf(command), summary: command.summary };
}

function syntaxOf({ name, takes }: Command): string {
  return [name, takes].filter(Boolean).join(' ');
}
