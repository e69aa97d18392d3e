// Reads a btrfs subvolume's inodes from its tree, without opening anything in it: only its top directory, which is
// root's, is opened. The kernel's search is an ioctl (BTRFS_IOC_TREE_SEARCH, linux/btrfs.h); perl-base is on every Debian.

import { run } from './run.ts';

export interface InodeProbe {
  /** The subvolume's own number: another one after a restore. */
  tree: number;
  /** Of the last commit that changed anything inside. */
  generation: number;
  /** Inode numbers of a subvolume only grow, so this minus an earlier one is the most that can have been made since. */
  highest: number;
}

export interface InodeCount {
  count: number;
  highest: number;
  /** Of CPU. */
  tookMs: number;
}

// Of all items from an inode number on the first, which is an inode's own (INODE_ITEM, the lowest type there is); the
// numbers above -256 are not files. `open` follows no link: the callers' paths end in a directory that root alone makes.
const FIRST_INODE = `
sub first_inode {
  my ($handle, $from) = @_;
  my $search = pack("Q7 L4 Q4", 0, $from, ~0 - 255, 0, ~0, 0, ~0, 1, 255, 1, 0, 0, 0, 0, 0) . "\\0" x 3992;
  ioctl($handle, 0xD0009411, $search) or die "search: $!\\n";
  return unpack("L", substr($search, 64, 4)) ? unpack("Q", substr($search, 112, 8)) : undef;
}
`;

// The highest one is found by doubling steps from the one known before, then by halving: there is no search backwards.
// BTRFS_IOC_GET_SUBVOL_INFO tells number and generation.
const PROBE = `${FIRST_INODE}
while (@ARGV) {
  my ($highest, $path) = splice(@ARGV, 0, 2);
  my $info = "\\0" x 504;
  my ($handle, $found, $none, $step) = (undef, undef, undef, 1);
  if (!open($handle, "<", $path) or !ioctl($handle, 0x81F8943C, $info)) { print "-\\n"; next; }
  until (defined $none) {
    $found = first_inode($handle, $highest + $step);
    if (defined $found) { $highest = $found; $step *= 2; } else { $none = $highest + $step; }
  }
  while ($none - $highest > 1) {
    my $middle = $highest + int(($none - $highest) / 2);
    $found = first_inode($handle, $middle);
    if (defined $found) { $highest = $found; } else { $none = $middle; }
  }
  my ($tree, undef, undef, undef, $generation) = unpack("Q Z256 Q3", $info);
  print "$tree $generation $highest\\n";
}
`;

// Begins no further subvolume after the seconds of CPU that the first argument allows.
const COUNT = `${FIRST_INODE}
my $seconds = shift @ARGV;
my $spent = 0;
for my $path (@ARGV) {
  last if $spent >= $seconds;
  my ($handle, $count, $at) = (undef, 0, 255);
  if (!open($handle, "<", $path)) { print "-\\n"; next; }
  while (defined(my $next = first_inode($handle, $at + 1))) { $at = $next; $count++; }
  my ($user, $system) = times;
  printf("%d %d %d\\n", $count, $at, ($user + $system - $spent) * 1000);
  $spent = $user + $system;
}
`;

const TIMEOUT_MS = 60_000;

/** Looks at all with one call, some microseconds each. Null: there is none at the path. `highest` is what was known. */
export async function probeInodes(asked: { path: string; highest: number }[]): Promise<(InodeProbe | null)[]> {
  const args = asked.flatMap(({ path, highest }) => [String(highest), path]);
  const rows = parseRows((await run('perl', ['-e', PROBE, ...args])).stdout, 3);
  return asked.map((_, index) => {
    const [tree, generation, highest] = rows[index] ?? [];
    return tree === undefined || generation === undefined || highest === undefined
      ? null
      : { tree, generation, highest };
  });
}

/**
 * Counts exactly, some microseconds an inode, at the lowest priority. After `seconds` of CPU no further subvolume is
 * begun: the answer is as long as what was counted. Null: there is none at the path.
 */
export async function countInodes(paths: string[], seconds: number): Promise<(InodeCount | null)[]> {
  const program = ['-c', '3', 'perl', '-e', COUNT, String(seconds), ...paths];
  const { stdout } = await run('nice', ['-n', '19', 'ionice', ...program], { timeoutMs: TIMEOUT_MS });
  const rows = parseRows(stdout, 3);
  return rows.map((row) => {
    const [count, highest, tookMs] = row ?? [];
    return count === undefined || highest === undefined || tookMs === undefined ? null : { count, highest, tookMs };
  });
}

/** Lines of so many counts; a line that is none is null. */
export function parseRows(stdout: string, columns: number): (number[] | null)[] {
  const lines = stdout.split('\n').slice(0, -1);
  return lines.map((line) => {
    const numbers = line.split(' ').map(Number);
    return numbers.length === columns && numbers.every(Number.isSafeInteger) ? numbers : null;
  });
}
