// The network's limits over nft(8), in the instance's own table, which set-up and the keeper make (workers/host/firewall.ts).

import { execFile } from 'node:child_process';
import { parseListing, renderForget, renderLimits } from './elements.ts';
import type { Network } from './network.ts';

const PATH = '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin';
const TIMEOUT_MS = 10_000;
/** Some 500 bytes a site. */
const OUTPUT_BYTES_MAX = 64 << 20;

/** The calls throw when nft fails or takes longer than 10 s; without the table nothing is in force, and nothing listed. */
export function createNftNetwork(table: string): Network {
  return {
    async setLimits(limits) {
      const each = [...limits].map(([address, held]) => renderLimits(table, address, held));
      if (each.length > 0) await nft(['-f', '-'], each.join(''));
    },
    async forget(address) {
      await nft(['-f', '-'], renderForget(table, address)).catch(ifNoTable(''));
    },
    async list() {
      return parseListing(await nft(['list', 'table', 'inet', table]).catch(ifNoTable('')));
    },
  };
}

class NftError extends Error {
  readonly said: string;

  constructor(args: string[], said: string, cause: unknown) {
    super(`nft ${args.join(' ')} failed: ${said.trim().slice(-500)}`, { cause });
    this.name = 'NftError';
    this.said = said;
  }
}

/** Answers its output. Throws NftError. */
function nft(args: string[], input = ''): Promise<string> {
  // Next's types demand a NODE_ENV of every environment.
  const env = { PATH, LC_ALL: 'C.UTF-8' } as unknown as NodeJS.ProcessEnv;
  return new Promise((resolve, reject) => {
    const options = { env, timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };
    const child = execFile('nft', args, options, (error, stdout, stderr) => {
      if (error) reject(new NftError(args, stderr || error.message, error));
      else resolve(stdout);
    });
    child.stdin?.on('error', () => {}); // It ended before it read all: its own error says why.
    child.stdin?.end(input);
  });
}

function ifNoTable<T>(answer: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof NftError && error.said.includes('No such file or directory')) return answer;
    throw error;
  };
}
