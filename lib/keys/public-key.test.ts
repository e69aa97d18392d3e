import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { fingerprintOf, parsePublicKey } from './public-key.ts';
import { wireString, wireText } from './wire-writing.ts';

/** Made by ssh-keygen; numbers and fingerprints are those of `ssh-keygen -l`. */
const KEYS = [
  {
    bits: 256,
    fingerprint: 'SHA256:oy0LjXoDblfE53bIp4u3TM9Xo5eFQG0uFex7vNvERZc',
    line: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDYb6tmBq6nTrejDM9y0004OQTPH3XJfnFatpr61pYVb ed25519 256',
  },
  {
    bits: 256,
    fingerprint: 'SHA256:IecfvC7P3gvkkysXvdjfjwW8domZbrCP4Ty7VCxjv7s',
    line: 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBP6GWlrChFL9qLuoTr56JZwWxq9fxeV53FtG5kWGYoXXos5Lx/FwYDtc6G9ws8WZIWLDYbQhgL60B5LuwwF8Enw= ecdsa 256',
  },
  {
    bits: 384,
    fingerprint: 'SHA256:And2qysD9lxawV6dlvtieWrJisRQG6baopmcJHpNzJQ',
    line: 'ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBC85xyObbGXcD8UCWCP0fewxown+bTl4xZpNsRWAuO37R8aTQFJjkNom79LrBkV1YF4aE7UVRa+hROYB9k2YDIwScJY3Sp6LmXsEQdAJ343vT0YOjwR9LGQzaRMFpJti4g== ecdsa 384',
  },
  {
    bits: 521,
    fingerprint: 'SHA256:YbpqkDKUtU3y7KeZYCQmosgZXxif0Az6Dircom8v61c',
    line: 'ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBACFWzJrgV0hnWTDDjermyd8lWgCoRfEUUdkVX3mstBy4qqCn6s2V2ynoGAy0K0kHRmEYC33y5upC2sHyAdine0hRwC7Xd2VKX0TqKEhMgup6djUNyRhcOmuBUfmSMPuh9nsfJrXlBO7madza5boTSSpLusUOyD+0/9DtHiY0AsjdMVg4A== ecdsa 521',
  },
  {
    bits: 2048,
    fingerprint: 'SHA256:43lJ2u5RY6jTCyQNSXY0MolWv++p7AV1L3IgWgQX8SU',
    line: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDPxSdkXq4JBWvSDLIuysEP+Aa4fqBUKExqce72jcrZz0LmVrNlnfMIglRRYtV+F52dV3Nz37tDu2hJ5LwVl4GCSp09a6ZrIYhm4MyCWygHCck2FOEYO9g/oJC8KqDCfoPI78vMCPxGsrNzj6KCR2cO4r5+ibmTWfePYSB+xUd8UlotZu1wWxCZk4xsjgmzLPZYLClsG3Hs10NWsuH/BmhYYKBfDASMorMG8i8d2YrWExTG8vBLHMwoJj7+8EcuvD5fkwOd/PfVtSQTqrw+3ISIkU1u3KXlBoxB/JeTll0OPpf4JIagtu1tRfgDHwYJkC1x5OotO5oudh+CAKJN76i7 rsa 2048',
  },
];
const RSA_1024 =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC+MTQVtd9LEpAdYAZ2dnzd3VgwxUcUDxiYQu0J5sAWhDum9vWtG486eNjFd3MjfO0fo05GhPHbNEYTaoOmQn27ovUziGqXGJbxst1K5+XEW6UVeSF5YDj+dV8NW7FyLfi2/rH61GhC26cDRtjEeFpjqIggCyijSBFeChfF0ih7nw== rsa 1024';
const DSA = 'ssh-dss AAAAB3NzaC1kc3MAAACBANW9cYrmSCduJuCXarTrAp4joIHLOlTS dsa';
const [ED25519 = { line: '' }] = KEYS;

function faultOf(text: string): AppError {
  try {
    parsePublicKey(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

function line(type: string, ...parts: Buffer[]): string {
  return `${type} ${Buffer.concat([wireText(type), ...parts]).toString('base64')}`;
}

describe('parsePublicKey', () => {
  it.each(KEYS)('reads $line as ssh-keygen does', ({ line, bits, fingerprint }) => {
    const key = parsePublicKey(` ${line}\n`);
    expect({ line: key.line, bits: key.bits, fingerprint: key.fingerprint }).toEqual({ line, bits, fingerprint });
    expect(fingerprintOf(key.blob)).toBe(fingerprint);
    expect(`${key.type} ${key.blob.toString('base64')} ${key.comment}`).toBe(line);
  });

  it('reads both kinds of security key, with what they sign for', () => {
    const ed = parsePublicKey(
      `${line('sk-ssh-ed25519@openssh.com', wireString(Buffer.alloc(32, 7)), wireText('ssh:'))} usb`,
    );
    expect(ed).toMatchObject({ application: 'ssh:', bits: 256, comment: 'usb' });
    const body = parsePublicKey(KEYS[1]?.line ?? '').blob.subarray(4 + 'ecdsa-sha2-nistp256'.length);
    const ec = parsePublicKey(line('sk-ecdsa-sha2-nistp256@openssh.com', body, wireText('ssh:mine')));
    expect(ec).toMatchObject({ application: 'ssh:mine', bits: 256, comment: '' });
  });

  it('names a private key as one, and says what to do', () => {
    const fault = faultOf(
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----',
    );
    expect(fault).toMatchObject({ code: 'bad-key', message: 'This is a private key.' });
    expect(fault.hint).toContain('.pub');
  });

  it.each([
    ['options before the key', `command="id" ${ED25519.line}`, 'options'],
    ['restrict before the key', `restrict,pty ${ED25519.line}`, 'options'],
    ['two lines', `${ED25519.line}\n${ED25519.line}`, 'more than one line'],
    ['a short RSA key', RSA_1024, '1,024 bits'],
    ['DSA', DSA, 'too weak'],
    ['a certificate', 'ssh-ed25519-cert-v01@openssh.com AAAA', 'Certificates'],
    ['nothing', ' ', 'empty'],
    ['a word', 'hello', 'not a public key'],
    ['64 KB', 'x'.repeat(65_536), 'longer than'],
    ['broken base64', 'ssh-ed25519 AAAA*', 'not valid base64'],
    ['a key cut short', ED25519.line.replace(/.{8} ed25519 256$/, ''), 'damaged'],
    ['another type inside', ED25519.line.replace('ssh-ed25519', 'ssh-rsa'), 'damaged'],
    ['bytes after the key', line('ssh-ed25519', wireString(Buffer.alloc(32)), Buffer.of(0)), 'damaged'],
    [
      'a point that is not on its curve',
      line('ecdsa-sha2-nistp256', wireText('nistp256'), wireString(Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]))),
      'damaged',
    ],
    [
      'an RSA exponent of one',
      line('ssh-rsa', wireString(Buffer.of(1)), wireString(Buffer.alloc(256, 0x7f))),
      'damaged',
    ],
  ])('refuses %s', (_, text, words) => {
    const fault = faultOf(text);
    expect(fault.code).toBe('bad-key');
    expect(fault.message).toContain(words);
  });

  it('keeps no control characters of a comment', () => {
    expect(parsePublicKey(`${ED25519.line}\u001b[2J\u202e x`).comment).toBe('ed25519 256 [2J x');
  });

  it('either reads a line or refuses it with bad-key, whatever the bytes', () => {
    const blobs = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('base64'));
    const types = fc.constantFrom('ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256', 'sk-ssh-ed25519@openssh.com');
    fc.assert(fc.property(types, blobs, (type, blob) => faultOf(`${type} ${blob}`).code === 'bad-key'));
    fc.assert(fc.property(fc.string(), (text) => faultOf(text).code === 'bad-key'));
  });
});
