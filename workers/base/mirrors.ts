// Which Debian mirrors the host uses, read from its own apt sources (sources.list(5), both formats): an operator's mirror
// is used for the base, and by the sites, too.

import { SUITE } from './recipe.ts';

export interface Mirror {
  uri: string;
  suite: string;
}

const RELEASES = [
  'bullseye',
  'bookworm',
  'trixie',
  'forky',
  'oldoldstable',
  'oldstable',
  'stable',
  'testing',
  'unstable',
];

interface Source {
  uri: string;
  suite: string;
  components: string[];
}

/**
 * The mirrors of the base's suite. `texts` are the host's source files by name. Updates and security updates are only
 * named when the host names a place for them. None at all when the host names no main archive: mmdebstrap(1) then takes
 * Debian's own.
 */
export function planMirrors(texts: Record<string, string>): Mirror[] {
  const sources = Object.entries(texts)
    .flatMap(([name, text]) => (name.endsWith('.sources') ? parseStanzas(text) : parseLines(text)))
    .filter(({ uri, components }) => /^https?:\/\/[^\s"']+$/.test(uri) && components.includes('main'));
  const find = (suffix: string) =>
    sources.find(({ suite }) => RELEASES.some((name) => suite === `${name}${suffix}`))?.uri;
  const main = find('');
  if (!main) return [];
  const places = { '': main, '-updates': find('-updates'), '-security': find('-security') };
  return Object.entries(places).flatMap(([suffix, uri]) => (uri ? [{ uri, suite: `${SUITE}${suffix}` }] : []));
}

/** `deb [options] URI SUITE COMPONENT…`, one a line. */
function parseLines(text: string): Source[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line);
    const [, uri = '', suite = '', components = ''] = match ?? [];
    return match ? [{ uri: trimSlash(uri), suite, components: components.trim().split(/\s+/) }] : [];
  });
}

/** Stanzas of `Field: value`, separated by empty lines; a line that starts with a space continues the one before. */
function parseStanzas(text: string): Source[] {
  return text
    .replace(/^#.*\n?/gm, '')
    .split(/\n\s*\n/)
    .flatMap((stanza) => {
      const fields = new Map<string, string>();
      for (const line of stanza.replace(/\n[ \t]+/g, ' ').split('\n')) {
        const colon = line.indexOf(':');
        if (colon > 0) fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
      }
      const words = (field: string) => (fields.get(field) ?? '').split(/\s+/).filter(Boolean);
      if (!words('types').includes('deb') || fields.get('enabled')?.toLowerCase() === 'no') return [];
      const components = words('components');
      return words('uris').flatMap((uri) =>
        words('suites').map((suite) => ({ uri: trimSlash(uri), suite, components })),
      );
    });
}

function trimSlash(uri: string): string {
  return uri.replace(/\/+$/, '');
}
