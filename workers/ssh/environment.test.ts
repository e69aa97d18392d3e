import { describe, expect, it } from 'vitest';
import { addVariable, containerEnvironment, isClientVariable } from './environment.ts';

const ENDS = { remote: { address: '192.0.2.7', port: 51_000 }, local: { address: '192.0.2.1', port: 22_000 } };

describe('the environment', () => {
  it('lets through what changes looks and nothing that changes behaviour', () => {
    for (const name of ['TERM', 'COLORTERM', 'LANG', 'LC_ALL', 'LC_TIME']) {
      expect(isClientVariable(name, 'C.UTF-8'), name).toBe(true);
    }
    for (const name of [
      'PATH',
      'LD_PRELOAD',
      'BASH_ENV',
      'ENV',
      'LC_',
      'LC_all',
      'XLC_ALL',
      'LANGUAGE',
      'HOME',
      'IFS',
      '',
    ]) {
      expect(isClientVariable(name, 'x'), name).toBe(false);
    }
  });

  it('refuses values over 1 KB and with control characters', () => {
    expect(isClientVariable('LANG', 'x'.repeat(1_024))).toBe(true);
    expect(isClientVariable('LANG', 'x'.repeat(1_025))).toBe(false);
    expect(isClientVariable('LANG', 'a\0b')).toBe(false);
    expect(isClientVariable('TERM', '\u001b[2J')).toBe(false);
  });

  it('takes 32 variables, and a new value of one of them', () => {
    const variables = new Map(Array.from({ length: 32 }, (_, index) => [`LC_${index}`, 'x'] as const));
    expect(addVariable(variables, 'LANG', 'C')).toBe(false);
    expect(addVariable(variables, 'LC_3', 'y')).toBe(true);
    expect(variables.size).toBe(32);
  });

  it('sets ours over the client’s', () => {
    const environment = containerEnvironment(
      new Map([
        ['LANG', 'de_DE.UTF-8'],
        ['PATH', '/evil'],
      ]),
      ENDS,
    );
    expect(environment).toMatchObject({ LANG: 'de_DE.UTF-8', HOME: '/root', USER: 'root' });
    expect(environment.PATH).not.toContain('evil');
    expect(environment.SSH_CONNECTION).toBe('192.0.2.7 51000 192.0.2.1 22000');
  });
});
