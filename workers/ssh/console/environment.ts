// `env`: the variables of a site: names, values when they are asked for, and changes.

import { type Changed, changeEnvironment, viewChange } from '#lib/environment/change.ts';
import { type Change, changed } from '#lib/environment/variables.ts';
import { type EnvironmentView, viewEnvironment } from '#lib/environment/view.ts';
import { type Answer, type Call, type Command, usageOf } from './command.ts';
import { shown } from './plain.ts';
import { requireNothing, requireSeen, takeSite } from './site-argument.ts';
import { usageError } from './usage.ts';

export const ENVIRONMENT: Command = {
  name: 'env',
  takes: 'NAME [--values | set A=b … | unset A …]',
  summary: 'the variables of the app; a change starts it anew',
  more: [
    'Names unless --values asks for the values too.',
    'set and unset change those that are named, and leave the others. The app is started with them beside the one that',
    'serves, and takes over when it is well.',
    'A value with blanks is written in quotes, inside the quotes of your own shell: "set A=\'two words\'"',
  ],
  options: [{ name: 'values' }],
  verbs: ['set', 'unset'],
  run: (call) => {
    const { name, rest } = takeSite(call);
    const [verb, ...words] = rest;
    if (verb === 'set') return change(call, name, setBy(call, words));
    if (verb === 'unset') return change(call, name, unsetBy(call, words));
    requireNothing(call, rest);
    return show(call, name);
  },
};

async function show(call: Call, name: string): Promise<Answer> {
  const { db, secret } = call.deps;
  const site = await requireSeen(call, name, 'develop');
  const view = await viewEnvironment(db, site, call.arguments.options.has('values') ? secret : null);
  return { text: renderEnvironment(site.name, view), json: { name: site.name, ...view } };
}

async function change(call: Call, name: string, wish: Change): Promise<Answer> {
  const { db, secret } = call.deps;
  const site = await requireSeen(call, name, 'develop');
  const done = await changeEnvironment({ db, secret }, { site, next: (before) => changed(before, wish), by: null });
  return { text: renderChanged(site.name, done), json: { name: site.name, ...viewChange(done) } };
}

function setBy(call: Call, words: string[]): Change {
  return someOf(
    call,
    words.map((word) => {
      const [, name = '', value = ''] = /^([^=]+)=([\s\S]*)$/.exec(word) ?? [];
      if (name === '') throw usageError(`${shown(word)} is not a variable and its value.`, 'Write it as NAME=value.');
      return [name, value] as const;
    }),
  );
}

function unsetBy(call: Call, words: string[]): Change {
  return someOf(
    call,
    words.map((name) => [name, null] as const),
  );
}

function someOf(call: Call, entries: (readonly [string, string | null])[]): Change {
  if (entries.length === 0) throw usageError('Which variables?', usageOf(call.command));
  return new Map(entries);
}

const STATUS: Record<EnvironmentView['status'], string> = {
  'in-force': '',
  applying: 'The app is being started with these; those before are still in force.\n',
  refused: 'The app did not start well with these; those before are still in force.\n',
};

function renderEnvironment(name: string, { status, variables, problem }: EnvironmentView): string {
  const lines = variables.map((variable) => `${variable.name}${variable.value === null ? '' : `=${variable.value}`}\n`);
  const none = lines.length === 0 ? `${name} has no variables of its own.\n` : '';
  return `${none}${lines.join('')}${STATUS[status]}${problem ? `${problem.message}\n` : ''}`;
}

function renderChanged(name: string, { what }: Changed): string {
  if (what === '') return `${name} has these already; nothing was changed.\n`;
  return `${name}: ${what}. The app is being started with them; \`env ${name}\` tells when they are in force.\n`;
}
