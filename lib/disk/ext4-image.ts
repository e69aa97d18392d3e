// One ext4 filesystem in a sparse file, as far as a site's disk needs it: make, mount, measure, change its size, copy.
// The file is never larger than the limit, so the kernel holds the limit whatever happens inside.

import { rename, rm, stat, statfs, truncate, writeFile } from 'node:fs/promises';
import { formatBytes } from '../bytes.ts';
import { AppError } from '../errors/app-error.ts';
import type { DiskLimits, DiskUsage } from './disk.ts';
import { mountsAt } from './mount-table.ts';
import { DiskCommandError, run } from './run.ts';

const BLOCK_BYTES = 4_096;
const COPY_TIMEOUT_MS = 30 * 60_000;

/** Makes the image; it has its name once it is whole. */
export async function makeImage(image: string, siteId: string, limits: DiskLimits): Promise<void> {
  const unfinished = `${image}.new`;
  await rm(unfinished, { force: true });
  await writeFile(unfinished, '', { mode: 0o600 });
  await truncate(unfinished, wholeBlocks(limits.diskBytesMax));
  const sparse = 'lazy_itable_init=1,lazy_journal_init=1,nodiscard,root_owner=0:0';
  const journalMegabytes = limits.diskBytesMax < 256 << 20 ? 4 : 8;
  const sizes = ['-b', `${BLOCK_BYTES}`, '-I', '256', '-N', `${limits.inodesMax}`, '-J', `size=${journalMegabytes}`];
  await run('mkfs.ext4', ['-q', '-F', '-m', '0', '-U', siteId, ...sizes, '-E', sparse, unfinished]);
  await rename(unfinished, image);
}

/** Freed blocks go back to the host (`discard`); tables that are still holes stay holes (`noinit_itable`). */
export async function mountImage(image: string, directory: string): Promise<void> {
  const options = 'loop,nosuid,nodev,noatime,discard,noinit_itable,errors=remount-ro';
  await run('mount', ['-t', 'ext4', '-o', options, '--', image, directory]);
  const device = (await mountsAt(directory)).at(-1)?.source;
  // Otherwise everything is cached twice. Not every filesystem below can do it.
  if (device) await run('losetup', ['--direct-io=on', device], { allow: [1] });
}

/** What a mounted image uses, its own tables included, so that full is full. */
export async function mountedUsage(directory: string, image: string): Promise<DiskUsage> {
  const [{ bsize, bfree, files, ffree }, { size }] = await Promise.all([statfs(directory), stat(image)]);
  return { bytes: size - bsize * bfree, inodes: files - ffree };
}

/** The same of an image that is not mounted, from its superblock. */
export async function restingUsage(image: string): Promise<DiskUsage> {
  const { stdout } = await run('dumpe2fs', ['-h', image]);
  const number = (field: string) => superblockNumber(stdout, field);
  return {
    bytes: number('Block size') * (number('Block count') - number('Free blocks')),
    inodes: number('Inode count') - number('Free inodes'),
  };
}

/** How large the filesystem in the image is, mounted or not. The file may be larger after a killed resize. */
export async function imageBytes(image: string): Promise<number> {
  const { stdout } = await run('dumpe2fs', ['-h', image]);
  return superblockNumber(stdout, 'Block size') * superblockNumber(stdout, 'Block count');
}

function superblockNumber(dumpe2fs: string, field: string): number {
  const digits = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(dumpe2fs)?.[1];
  if (!digits) throw new Error(`dumpe2fs told no ${field}`);
  return Number(digits);
}

/**
 * Grows a mounted image while it is in use. The number of inodes grows in proportion. Answers whether the kernel allowed
 * it: it wants CAP_SYS_RESOURCE, which a root user in a container may lack.
 */
export async function growMounted(image: string, directory: string, bytes: number): Promise<boolean> {
  const device = (await mountsAt(directory)).at(-1)?.source;
  if (!device?.startsWith('/dev/loop')) throw new Error(`${directory} is no mounted image`);
  const { size } = await stat(image);
  await truncate(image, wholeBlocks(bytes));
  await run('losetup', ['--set-capacity', device]);
  const grown = await run('resize2fs', [device], { timeoutMs: 300_000, allow: [1] });
  if (grown.exitCode === 0) return true;
  await truncate(image, size);
  await run('losetup', ['--set-capacity', device]);
  if (grown.stderr.includes('Permission denied')) return false;
  throw new DiskCommandError(['resize2fs', device], grown.exitCode, grown.stderr, null);
}

/**
 * Puts a copy of `source` with another size in the place of `target`; they may be the same. The copy is what is worked
 * on, because a resize that is killed half-way loses files. Throws `disk-full` when the content does not fit.
 */
export async function replaceImage(source: string, target: string, bytes: number): Promise<void> {
  const unfinished = `${target}.new`;
  await copyImage(source, unfinished);
  const wanted = wholeBlocks(bytes);
  const { size } = await stat(unfinished);
  if (wanted > size) await truncate(unfinished, wanted);
  await run('e2fsck', ['-f', '-p', unfinished], { allow: [1], timeoutMs: 300_000 });
  if (wanted !== (await imageBytes(unfinished))) await resizeUnmounted(unfinished, wanted);
  if (wanted < size) await truncate(unfinished, wanted);
  await rename(unfinished, target);
}

async function resizeUnmounted(image: string, bytes: number): Promise<void> {
  try {
    await run('resize2fs', [image, `${bytes / 1_024}K`], { timeoutMs: 300_000 });
  } catch (error) {
    if (!(error instanceof DiskCommandError)) throw error;
    await rm(image, { force: true });
    throw tooSmall(bytes, error);
  }
}

export function tooSmall(bytes: number, cause?: unknown): AppError {
  return new AppError('disk-full', {
    message: `What is on the disk does not fit into ${formatBytes(bytes)}.`,
    hint: 'Delete files first, or choose a larger disk.',
    cause,
  });
}

export async function copyImage(source: string, target: string): Promise<void> {
  await run('cp', [...COPY, '--', source, target], { timeoutMs: COPY_TIMEOUT_MS });
}

const COPY = ['--sparse=always', '--reflink=auto', '--preserve=mode,ownership'];

// FIFREEZE and FITHAW (ioctl_fs(2) names them) around the copy. A process of its own, deaf to the polite signals: ours
// may die at any line, and a filesystem that stays frozen stops its site.
const COPY_FROZEN = `
my ($directory, @copy) = @ARGV;
$SIG{$_} = "IGNORE" for qw(TERM INT HUP);
open(my $handle, "<", $directory) or die "open: $!\\n";
my $none = pack("i", 0);
ioctl($handle, 0xC0045877, $none) or die "freeze: $!\\n";
my $status = system { $copy[0] } @copy;
ioctl($handle, 0xC0045878, $none) or die "thaw: $!\\n";
exit($status == 0 ? 0 : 1);
`;

/** Copies a mounted image at rest: writers wait meanwhile. */
export async function copyMounted(source: string, directory: string, target: string): Promise<void> {
  const copy = ['cp', ...COPY, '--', source, target];
  await run('perl', ['-e', COPY_FROZEN, directory, ...copy], { timeoutMs: COPY_TIMEOUT_MS });
}

const THAW = 'open(my $handle, "<", $ARGV[0]) or exit 0; my $none = pack("i", 0); ioctl($handle, 0xC0045878, $none);';

/** Ends a freeze that a killed copy left. Not frozen is no error. */
export async function thaw(directory: string): Promise<void> {
  await run('perl', ['-e', THAW, directory], { allow: [1, 255] });
}

export function wholeBlocks(bytes: number): number {
  return Math.floor(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}
