// The memory and process bounds that all git processes of an instance share: a cgroup of their own (cgroups(7)), so that
// no push takes memory from the host or from a site. Knows both versions of the interface.

import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface CgroupBounds {
  memoryBytesMax: number;
  pidsMax: number;
}

export interface CgroupPlan {
  /** Directories that a process joins. */
  groups: string[];
  /** Files to write, in this order. One that is `optional` does not exist on every kernel. */
  writes: { file: string; text: string; optional: boolean }[];
}

const ROOT = '/sys/fs/cgroup';

/** Makes the group, or adopts it, and answers with the directories to join. Throws when the kernel refuses. */
export async function ensureCgroup(name: string, bounds: CgroupBounds): Promise<string[]> {
  const plan = planCgroup(await isUnified(), name, bounds);
  if (plan.writes[0]?.file.endsWith('subtree_control')) await apply(plan.writes.splice(0, 1));
  for (const group of plan.groups) await mkdir(group, { recursive: true });
  await apply(plan.writes);
  return plan.groups;
}

/** Removes the group, waiting up to two seconds for what is ending in it. Absent is no error. */
export async function removeCgroup(name: string): Promise<void> {
  const { groups } = planCgroup(await isUnified(), name, { memoryBytesMax: 0, pidsMax: 0 });
  for (const group of groups) {
    for (const deadline = Date.now() + 2_000; ; await sleep(50)) {
      const fault = await rmdir(group).catch((cause: NodeJS.ErrnoException) => cause);
      if (!fault || fault.code === 'ENOENT') break;
      if (fault.code !== 'EBUSY' || Date.now() > deadline) throw fault;
    }
  }
}

export function planCgroup(unified: boolean, name: string, bounds: CgroupBounds): CgroupPlan {
  const memory = String(bounds.memoryBytesMax);
  const pids = String(bounds.pidsMax);
  if (unified) {
    const group = `${ROOT}/${name}`;
    return {
      groups: [group],
      writes: [
        { file: `${ROOT}/cgroup.subtree_control`, text: '+memory +pids', optional: false },
        { file: `${group}/memory.max`, text: memory, optional: false },
        { file: `${group}/memory.swap.max`, text: '0', optional: true },
        { file: `${group}/pids.max`, text: pids, optional: false },
      ],
    };
  }
  const groups = [`${ROOT}/memory/${name}`, `${ROOT}/pids/${name}`];
  return {
    groups,
    writes: [
      { file: `${groups[0]}/memory.limit_in_bytes`, text: memory, optional: false },
      { file: `${groups[0]}/memory.memsw.limit_in_bytes`, text: memory, optional: true },
      { file: `${groups[1]}/pids.max`, text: pids, optional: false },
    ],
  };
}

/** Version 2 with its controllers in use; the hybrid layout mounts it without any. */
async function isUnified(): Promise<boolean> {
  const controllers = await readFile(`${ROOT}/cgroup.controllers`, 'utf8').catch(() => '');
  return controllers.split(/\s+/).includes('memory');
}

async function apply(writes: CgroupPlan['writes']): Promise<void> {
  for (const { file, text, optional } of writes) {
    try {
      await writeFile(file, text);
    } catch (cause) {
      if (!optional) throw new Error(`cannot write ${text} to ${file}`, { cause });
    }
  }
}
