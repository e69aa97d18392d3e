// Writes the shell text of a release's steps, for `release` in the container. Argument arrays become quoted words, so no
// text of a tree is ever read as shell; a Procfile's line is the one text that is, by its meaning. All of it runs inside
// the tenant's own container, as the tenant.

import { invariant } from '../errors/app-error.ts';
import type { BuildPlan, Start, Step } from './stacks/plan.ts';

export interface ReleaseBounds {
  /** Of installing, of building and of checking, each. */
  stepSeconds: number;
  logBytesMax: number;
  drainSeconds: number;
}

/**
 * The first frame of a deployment: what `release` needs to know, as assignments of a shell (POSIX 2.9.1). `variables`: how
 * many of them follow, in frames of their own.
 */
export function renderPlan(
  plan: BuildPlan | null,
  number: number,
  kept: number[],
  bounds: ReleaseBounds,
  variables = 0,
): string {
  const dependencies = plan?.dependencies;
  const key = dependencies && (dependencies.shared ? dependencies.key : `${dependencies.key}-${number}`);
  const values: Record<string, string> = {
    KEEP: kept.join(' '),
    STEP_SECONDS: String(Math.ceil(bounds.stepSeconds)),
    LOG_BYTES: String(bounds.logBytesMax),
    DRAIN_SECONDS: String(bounds.drainSeconds),
    DEPS_KEY: key ?? '',
    MOUNT: dependencies?.mount ?? '',
    INSTALL: renderSteps(dependencies?.install ?? []),
    BUILD: renderSteps(plan?.build ?? []),
    CHECK: renderSteps(plan?.check ?? []),
    VARIABLES: variables === 0 ? '' : String(variables),
    START: plan ? renderStart(plan.start) : '',
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value === '' ? "''" : quote(value)}\n`)
    .join('');
}

const PLACEHOLDER = /\$(PORT|DEPS|TOOLS)\b/;
const VARIABLES: Record<string, string> = {
  PORT: '"$PORT"',
  DEPS: '"$LIGHTKEEPER_DEPS"',
  TOOLS: '"$LIGHTKEEPER_TOOLS"',
};

/** One line a step; `sh -e` ends at the first that fails. */
export function renderSteps(steps: readonly Step[]): string {
  return steps.map((step) => step.map(renderWord).join(' ')).join('\n');
}

/** The command becomes the process itself where that is certain to be right, so that its signals reach it. */
export function renderStart(start: Start): string {
  if ('argv' in start) return `exec ${renderSteps([start.argv])}`;
  const line = start.line.trim();
  if (/[;&|<>(){}`\n]/.test(line) || BUILTIN.test(line)) return line;
  return ASSIGNMENT.test(line) ? `exec env ${line}` : `exec ${line}`;
}

/** Words that mean something to the shell itself (POSIX 2.4, 2.14 and XCU 1.7). */
const BUILTIN =
  /^(?:!|\.|:|\[|alias|case|cd|command|eval|exec|exit|export|false|for|if|read|readonly|set|shift|source|test|time|times|trap|true|ulimit|umask|unset|until|wait|while)(?:\s|$)/;
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/** A shell word with exactly this text (POSIX 2.2.2, single quotes), the placeholders filled in at run time. */
export function renderWord(word: string): string {
  invariant(!word.includes('\0'), 'an argument has no NUL');
  const parts = word.split(PLACEHOLDER).map((part, index) => (index % 2 === 0 ? quote(part) : VARIABLES[part]));
  return parts.join('') || "''";
}

function quote(text: string): string {
  return text === '' ? '' : `'${text.replaceAll("'", "'\\''")}'`;
}
