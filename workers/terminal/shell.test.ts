import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ExecSession } from '#lib/engine/engine.ts';
import { createShell, type Screen, SHELL_LIMITS } from './shell.ts';

function startProgram() {
  const exited = Promise.withResolvers<number>();
  const stdout = new PassThrough({ highWaterMark: 1024 });
  const stdin = new PassThrough();
  let hungUp = 0;
  const exec: ExecSession = {
    ...{ stdin, stdout, stderr: null, exited: exited.promise },
    resize: async () => {},
    hangUp: async () => {
      hungUp += 1;
      exited.resolve(129);
    },
  };
  return { exec, stdout, exit: exited.resolve, hungUp: () => hungUp };
}

function openScreen() {
  const state = {
    shown: '',
    waiting: 0,
    exitCode: undefined as number | null | undefined,
    taken: () => {},
    hasLeft: false,
  };
  const screen: Screen = {
    show(bytes, taken) {
      state.shown += bytes.toString();
      state.taken = taken;
    },
    waiting: () => state.waiting,
    end: (exitCode) => {
      state.exitCode = exitCode;
    },
    leave: () => {
      state.hasLeft = true;
    },
  };
  return { screen, state };
}

test('a screen is shown what was kept, then what comes, and how it ended', async () => {
  const program = startProgram();
  const shell = createShell(program.exec, 'Welcome. ');
  program.stdout.write('before ');
  await sleep(5);
  const { screen, state } = openScreen();
  shell.attach(screen);
  program.stdout.write('after');
  await sleep(5);
  expect(state.shown).toBe('Welcome. before after');
  program.exit(3);
  await shell.over;
  expect(state.exitCode).toBe(3);
  expect(program.hungUp()).toBe(1);
});

test('a program waits while a screen does not take what it prints, and goes on when it does or has left', async () => {
  const program = startProgram();
  const shell = createShell(program.exec, '');
  const { screen, state } = openScreen();
  const leave = shell.attach(screen);
  state.waiting = SHELL_LIMITS.waitingBytesMax + 1;
  program.stdout.write('x');
  await sleep(5);
  expect(program.stdout.isPaused()).toBe(true);
  state.waiting = 0;
  state.taken();
  expect(program.stdout.isPaused()).toBe(false);

  state.waiting = SHELL_LIMITS.waitingBytesMax + 1;
  program.stdout.write('y');
  await sleep(5);
  expect(program.stdout.isPaused()).toBe(true);
  leave();
  expect(program.stdout.isPaused()).toBe(false);
});

test('without a screen for too long, or without a key, it is hung up', async () => {
  const left = startProgram();
  createShell(left.exec, '', { ...SHELL_LIMITS, lingerMs: 20 });
  const idle = startProgram();
  const shell = createShell(idle.exec, '', { ...SHELL_LIMITS, idleMs: 600 });
  shell.attach(openScreen().screen);
  await sleep(300);
  shell.type(Buffer.from('a'));
  expect(left.hungUp()).toBeGreaterThan(0);
  await sleep(350);
  expect(idle.hungUp()).toBe(0);
  await sleep(600);
  expect(idle.hungUp()).toBeGreaterThan(0);
});

test('of too many screens the oldest leaves, and what comes is shown on the others', async () => {
  const program = startProgram();
  const shell = createShell(program.exec, '', { ...SHELL_LIMITS, screensMax: 2 });
  const screens = [openScreen(), openScreen(), openScreen()];
  for (const { screen } of screens) shell.attach(screen);
  program.stdout.write('news');
  await sleep(5);
  expect(screens.map(({ state }) => state.hasLeft)).toEqual([true, false, false]);
  expect(screens.map(({ state }) => state.shown)).toEqual(['', 'news', 'news']);
});
