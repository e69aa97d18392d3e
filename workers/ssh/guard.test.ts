import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Connection, ServerChannel } from 'ssh2';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Guard, guardSocket } from './guard.ts';
import { SSH_LIMITS } from './limits.ts';

/** As much of a socket as the guard looks at. */
class FakeSocket extends EventEmitter {
  writableLength = 0;
  destroyed = false;
  destroy() {
    this.destroyed = true;
    this.emit('close');
  }
}

let socket: FakeSocket;
let guard: Guard;
beforeEach(() => {
  socket = new FakeSocket();
  guard = guardSocket(socket as unknown as Socket, null, SSH_LIMITS, () => 0);
});

function fakeChannel(readableLength: number) {
  return Object.assign(new EventEmitter(), { readableLength }) as unknown as ServerChannel;
}

describe('a guarded connection', () => {
  it('is cut when it goes on asking and does not take what it was answered', () => {
    socket.writableLength = SSH_LIMITS.outputBytesMax;
    socket.emit('data');
    expect(socket.destroyed).toBe(false);
    socket.writableLength += 1;
    socket.emit('data');
    expect([socket.destroyed, guard.cutBecause]).toEqual([true, 'it does not take its output']);
    expect(guard.gone.aborted).toBe(true);
  });

  it('counts packets that wait for a key exchange as output', async () => {
    guard.attach({ _protocol: { _queue: Array(33) } } as unknown as Connection);
    let hasRoom = false;
    guard.room().then(() => {
      hasRoom = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(hasRoom).toBe(false);
    socket.destroy();
    await expect.poll(() => hasRoom).toBe(true);
  });

  it('is cut when a channel holds more than its window', () => {
    const [channel, closed] = [fakeChannel(1_000), fakeChannel(SSH_LIMITS.channelInputBytesMax + 1)];
    guard.watch(closed);
    closed.emit('close');
    guard.watch(channel);
    socket.emit('data');
    expect([socket.destroyed, guard.unreadBytes()]).toEqual([false, 1_000]);
    guard.watch(fakeChannel(SSH_LIMITS.channelInputBytesMax + 1));
    socket.emit('data');
    expect(guard.cutBecause).toBe('it sends more than its window');
  });

  it('outlives an error of its socket', () => {
    socket.emit('error', new Error('ECONNRESET'));
    expect([socket.destroyed, guard.cutBecause]).toEqual([true, null]);
  });
});
