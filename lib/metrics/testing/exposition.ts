// A strict reader of Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats): it
// throws at the first line that a scrape would refuse or that breaks the conventions.

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

interface Family {
  type: string;
  help: string;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)(?: (-?\\d+))?$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const VALUE = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN)$/;

export function parseExposition(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Partial<Family>>();
  const seen = new Set<string>();
  const closed = new Set<string>();
  let current = '';
  const enter = (name: string) => {
    if (name === current) return;
    if (closed.has(name)) throw new Error(`the lines of ${name} are not together`);
    if (current) closed.add(current);
    current = name;
  };
  const samples: Sample[] = [];
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const comment = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line);
    if (line.startsWith('#') && !comment) throw new Error(`not a comment of a kind we write: ${line}`);
    if (comment) {
      const [, kind, name = '', rest = ''] = comment;
      enter(name);
      const field = kind === 'HELP' ? 'help' : 'type';
      const family = families.get(name) ?? {};
      if (family[field] !== undefined) throw new Error(`a second ${kind} of ${name}`);
      if (field === 'type' && !['counter', 'gauge'].includes(rest)) throw new Error(`${name} is a ${rest}`);
      families.set(name, { ...family, [field]: rest });
      continue;
    }
    const sample = parseSample(line);
    enter(sample.name);
    const family = families.get(sample.name);
    if (!family?.type || !family.help) throw new Error(`${sample.name} has no type or help before it`);
    if (family.type === 'counter' && !(sample.name.endsWith('_total') && sample.value >= 0)) {
      throw new Error(`not a counter: ${line}`);
    }
    const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
    if (seen.has(key)) throw new Error(`a second sample: ${key}`);
    seen.add(key);
    samples.push(sample);
  }
  return samples;
}

function parseSample(line: string): Sample {
  const [, name, labels, value = ''] = SAMPLE.exec(line) ?? [];
  if (!name || !VALUE.test(value)) throw new Error(`not a sample: ${line}`);
  return { name, labels: parseLabels(labels ?? ''), value: Number(value.replace('Inf', 'Infinity')) };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (!match) throw new Error(`not labels: {${text}}`);
    const [, name = '', value = ''] = match;
    if (name in labels) throw new Error(`the label ${name} twice`);
    labels[name] = value.replace(/\\(["\\n])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
  }
  return labels;
}
