// A door of our own in front of the engine's socket: everybody's calls pass through it, and those that are meant are held,
// before the engine hears of them or when it has done them and nobody knows.

import { chmod, link, rename, rm, stat } from 'node:fs/promises';
import net from 'node:net';
import { SETTINGS } from './host-state.ts';

export interface EngineGate {
  /** Method and path of the calls that wait now. */
  held(): string[];
  /** Those whose caller is still there go on; from here on callers are with the engine itself. */
  open(): Promise<void>;
}

const SOCKET = SETTINGS.paths.engineSocket;
const BEHIND = `${SOCKET}.behind`;
const DOOR = `${SOCKET}.door`;

/** `done`: a call that matches is done by the engine, and its answer waits. Else it has not happened. */
export async function closeEngineGate(pattern: RegExp, done: boolean): Promise<EngineGate> {
  const waiting = new Map<net.Socket, { call: string; pass: () => void }>();
  const server = net.createServer({ allowHalfOpen: true }, (caller) => {
    caller.on('error', () => caller.destroy());
    caller.on('close', () => waiting.delete(caller));
    caller.once('data', (head: Buffer) => {
      const [call = ''] = head.toString('latin1').split(' HTTP/', 1);
      const hold = (pass: () => void) => waiting.set(caller, { call, pass });
      if (!pattern.test(call)) forward(caller, head, (pass) => pass());
      else if (done) forward(caller, head, hold);
      else hold(collect(caller, head));
    });
  });
  // The door's own path is another one: a server that closes removes the path that it was given.
  await Promise.all([BEHIND, DOOR].map((file) => rm(file, { force: true })));
  await new Promise<void>((resolve) => server.listen(DOOR, resolve));
  await chmod(DOOR, (await stat(SOCKET)).mode);
  await link(SOCKET, BEHIND);
  await rename(DOOR, SOCKET);
  return {
    held: () => [...waiting.values()].map(({ call }) => call),
    async open() {
      for (const { pass } of [...waiting.values()]) pass();
      waiting.clear();
      await rename(BEHIND, SOCKET);
      server.close();
    },
  };
}

/** What the caller says until it is let through. One that ends is gone: nothing is done for it any more. */
function collect(caller: net.Socket, head: Buffer): () => void {
  const chunks = [head];
  const add = (chunk: Buffer) => void chunks.push(chunk);
  const leave = () => caller.destroy();
  caller.on('data', add).on('end', leave);
  return () => {
    caller.off('data', add).off('end', leave);
    forward(caller, Buffer.concat(chunks), (pass) => pass());
  };
}

/** `onAnswer` gets what lets the answer through, once there is one. */
function forward(caller: net.Socket, head: Buffer, onAnswer: (pass: () => void) => void): void {
  const engine = net.connect({ path: BEHIND, allowHalfOpen: true });
  caller.on('close', () => engine.destroy());
  engine.on('error', () => caller.destroy());
  engine.on('close', () => caller.destroySoon());
  engine.write(head);
  caller.pipe(engine);
  engine.once('readable', () => onAnswer(() => engine.pipe(caller)));
}
