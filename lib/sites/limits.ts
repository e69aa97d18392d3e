// A plan's numbers as the engine and the disk take them.

import type { Plan } from '../db/generated/client.ts';
import type { DiskLimits } from '../disk/disk.ts';
import type { ContainerLimits } from '../engine/engine.ts';

export function containerLimits(plan: Plan): ContainerLimits {
  return {
    memoryBytesMax: Number(plan.memoryBytesMax),
    cpuMillisMax: plan.cpuMillisMax,
    pidsMax: plan.pidsMax,
    openFilesMax: plan.openFilesMax,
    tmpfsBytesMax: Number(plan.tmpfsBytesMax),
    fileBytesMax: Number(plan.diskBytesMax),
  };
}

export function diskLimits(plan: Plan): DiskLimits {
  return { diskBytesMax: Number(plan.diskBytesMax), inodesMax: plan.inodesMax };
}
