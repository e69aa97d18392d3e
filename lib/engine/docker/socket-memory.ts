// TCP buffers under cgroup v1. The kernel charges them to a container only where a limit stands before its first socket
// is made (cgroup-v1/memory.rst, 2.7), and the engine has no word for it (runc ignores KernelMemoryTCP). So the
// container's memory cgroup is made before its start, with the limit in it; the runtime takes an empty one as it is. Past
// the limit a connection keeps its minimum. Under v2 they count as memory, and nothing is to be done here.

import { access, mkdir, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const CONTROLLER = '/sys/fs/cgroup/memory';
const LIMIT_FILE = 'memory.kmem.tcp.limit_in_bytes';
/** Of a container's memory, on top of it. */
const SHARE = 1 / 8;

/** To be called before each start: the runtime removes the cgroup when the container ends. Safe to repeat. */
export async function limitSocketMemory(
  cgroupParent: string,
  instanceId: string,
  memoryBytesMax: number,
  controller = CONTROLLER,
): Promise<void> {
  if (!(await isThere(path.join(controller, LIMIT_FILE)))) return;
  const directory = path.join(controller, cgroupParent, instanceId);
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, LIMIT_FILE), String(Math.floor(memoryBytesMax * SHARE)));
}

/** For a container that runs. What its connections hold already stays: the kernel refuses a limit below it. */
export async function changeSocketLimit(
  cgroupParent: string,
  instanceId: string,
  memoryBytesMax: number,
  controller = CONTROLLER,
): Promise<void> {
  const file = path.join(controller, cgroupParent, instanceId, LIMIT_FILE);
  await writeFile(file, String(Math.floor(memoryBytesMax * SHARE)), { flag: 'r+' }).catch((error) => {
    if (!['ENOENT', 'ENOTDIR', 'ENODEV', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  });
}

/** For a container that did not start, or goes. One with processes in it stays. */
export async function dropSocketLimit(
  cgroupParent: string,
  instanceId: string,
  controller = CONTROLLER,
): Promise<void> {
  await rmdir(path.join(controller, cgroupParent, instanceId)).catch((error: NodeJS.ErrnoException) => {
    if (!['ENOENT', 'ENOTDIR', 'EBUSY', 'ENOTEMPTY'].includes(error.code ?? '')) throw error;
  });
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false, // cgroup v2, or a kernel without it
  );
}
