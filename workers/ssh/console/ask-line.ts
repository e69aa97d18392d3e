// One line that somebody types at a terminal. The client's own terminal is raw, so what is typed is shown from here.

import type { ConsoleStreams } from './command.ts';

const CHARACTERS_MAX = 64;
const WAIT_MS = 120_000;
const [INTERRUPT, END, BACKSPACE, DELETE] = ['\x03', '\x04', '\b', '\x7f'];

/** Empty when its user gives up, goes, or takes more than two minutes. */
export function askLine({ stdin, say, over }: ConsoleStreams): Promise<string> {
  return new Promise((resolve) => {
    let typed = '';
    const finish = (line: string) => {
      clearTimeout(timer);
      stdin.off('data', take).pause();
      over.removeEventListener('abort', giveUp);
      say('\n');
      resolve(line);
    };
    const giveUp = () => finish('');
    const take = (bytes: Buffer) => {
      for (const character of bytes.toString('latin1')) {
        if (character === '\r' || character === '\n') return finish(typed);
        if (character === INTERRUPT || character === END) return giveUp();
        if (character === BACKSPACE || character === DELETE) {
          if (typed !== '') say('\b \b');
          typed = typed.slice(0, -1);
        } else if (/^[ -~]$/.test(character) && typed.length < CHARACTERS_MAX) {
          typed += character;
          say(character);
        }
      }
    };
    const timer = setTimeout(giveUp, WAIT_MS);
    over.addEventListener('abort', giveUp);
    stdin.on('data', take).resume();
  });
}
