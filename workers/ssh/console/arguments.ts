// Parts the words of a command into options and the rest, by what the command says that it takes. Pure.

import { nearest } from './nearest.ts';
import { shown } from './plain.ts';
import { usageError } from './usage.ts';

export interface Option {
  /** Without its hyphens, such as `follow`. */
  name: string;
  /** One letter, such as `f`. */
  short?: string;
  /** What its value is; without it the option is there or not. */
  value?: string;
}

export interface Arguments {
  values: string[];
  /** The value of an option that has one, else `''`. */
  options: ReadonlyMap<string, string>;
}

export const JSON_OPTION: Option = { name: 'json' };

/** Also reads `--name=value` and `-n20`; after `--` nothing is an option. Throws usage errors. */
export function readArguments(words: readonly string[], known: readonly Option[], usage: string): Arguments {
  const values: string[] = [];
  const options = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      values.push(...words.slice(at + 1));
      break;
    }
    if (!/^-./s.test(word)) {
      values.push(word);
      continue;
    }
    const [option, given] = requireOption(word, known, usage);
    if (!option.value) {
      if (given !== null) throw usageError(`The option --${option.name} takes no value.`, usage);
      options.set(option.name, '');
      continue;
    }
    const value = given ?? words[at + 1];
    if (given === null) at += 1;
    if (value === undefined) throw usageError(`The option --${option.name} needs ${option.value}.`, usage);
    options.set(option.name, value);
  }
  return { values, options };
}

function requireOption(word: string, known: readonly Option[], usage: string): [Option, string | null] {
  const [, long, value] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
  const option = known.find(({ name, short }) => (long === undefined ? short === word[1] : name === long));
  const attached = long === undefined ? word.slice(2) || null : (value ?? null);
  if (option) return [option, attached];
  const near = nearest(
    long ?? '',
    known.map(({ name }) => name),
  );
  throw usageError(`There is no option ${shown(word)} here.`, near ? `Did you mean \`--${near}\`? ${usage}` : usage);
}
