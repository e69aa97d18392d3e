import { describe, expect, it } from 'vitest';
import { planForward } from './forward.ts';

const OWN = ['calm-reef-7'];

describe('planForward', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', 'calm-reef-7'])('leads %s to a port of the container', (host) => {
    expect(planForward({ host, port: 8000 }, OWN)?.at(-1)).toBe('TCP4:127.0.0.1:8000');
  });

  it('leads ::1 to the container’s IPv6 loopback', () => {
    expect(planForward({ host: '::1', port: 8000 }, OWN)?.at(-1)).toBe('TCP6:[::1]:8000');
  });

  it.each([
    ['169.254.169.254', 80],
    ['10.213.0.1', 5432],
    ['0.0.0.0', 80],
    ['127.0.0.2', 80],
    ['other-site-1', 80],
    ['example.com', 443],
    ['127.0.0.1,fork', 80],
    ['', 80],
    ['localhost', 0],
    ['localhost', 65_536],
    ['localhost', -1],
    ['localhost', 1.5],
  ])('leads %s:%s nowhere', (host, port) => {
    expect(planForward({ host, port }, OWN)).toBeNull();
  });
});
