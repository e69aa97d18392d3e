import { expect, test } from 'vitest';
import { parseSettings } from '#lib/env.ts';
import { conflicts, parseListeners, portNeeds, requireDistinctPorts } from './ports.ts';

const SS = `
LISTEN 0      4096       127.0.0.1:8080       0.0.0.0:*    users:(("nginx: master",pid=4821,fd=6),("nginx",pid=4822,fd=6))
LISTEN 0      128                *:2222             *:*    users:(("sshd",pid=77,fd=3))
LISTEN 0      128             [::1]:8081          [::]:*    users:(("node",pid=5,fd=3))
LISTEN 0      4096   127.0.0.53%lo:22005      0.0.0.0:*
LISTEN 0      4096    192.168.1.20:22001      0.0.0.0:*    users:(("vpn",pid=9,fd=3))
`;
const taken = (env: Record<string, string> = {}) =>
  conflicts(portNeeds(parseSettings(env)), parseListeners(SS)).map(([need, { port, process }]) => [
    need.setting,
    port,
    process?.name ?? null,
  ]);

test('a port that another process has is found, with its first process by name', () => {
  expect(taken()).toEqual([
    ['LIGHTKEEPER_HTTP_PORT', 8080, 'nginx: master'],
    ['LIGHTKEEPER_SSH_GATEWAY_PORT', 2222, 'sshd'],
  ]);
});

test('listening on all addresses meets a listener on any IPv4 address, seen or not', () => {
  expect(taken({ LIGHTKEEPER_BIND: '0.0.0.0' })).toEqual([
    ['LIGHTKEEPER_HTTP_PORT', 8080, 'nginx: master'],
    ['LIGHTKEEPER_SSH_GATEWAY_PORT', 2222, 'sshd'],
    ['LIGHTKEEPER_SSH_PORTS', 22005, null],
    ['LIGHTKEEPER_SSH_PORTS', 22001, 'vpn'],
  ]);
});

test('what runs elsewhere may have its port', () => {
  expect(taken({ LIGHTKEEPER_ELSEWHERE: 'haproxy,web' })).toEqual([['LIGHTKEEPER_SSH_GATEWAY_PORT', 2222, 'sshd']]);
});

test('two settings with the same port are refused', () => {
  const settings = (env: Record<string, string>) => () => requireDistinctPorts(parseSettings(env));
  expect(settings({})).not.toThrow();
  expect(settings({ LIGHTKEEPER_WEB_PORT: '8080' })).toThrow(
    'LIGHTKEEPER_HTTP_PORT and LIGHTKEEPER_WEB_PORT both have the port 8080.',
  );
  expect(settings({ LIGHTKEEPER_SSH_GATEWAY_PORT: '22500' })).toThrow(
    'LIGHTKEEPER_SSH_GATEWAY_PORT and LIGHTKEEPER_SSH_PORTS both have the port 22500.',
  );
});
