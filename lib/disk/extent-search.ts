// What snapshots hold of a btrfs that their disk does not have any more, read from the trees: a space is given back when
// nobody refers to its extent. Only the top directories are opened, which are root's; nothing inside is.

import { run } from './run.ts';

export interface HeldExtents {
  /** Of all snapshots together. */
  bytes: number;
  /** By each, what nothing else has: what would be free without it. */
  each: number[];
}

// BTRFS_IOC_TREE_SEARCH_V2 (linux/btrfs.h) gives all items of a tree, 64 KB at a time; those of type 108 say which extent a
// piece of a file has (struct btrfs_file_extent_item: type, place and length on the disk). 0 is inline, and has none.
// The kernel's numbers fit a perl integer. Above so many extents it gives up: nobody's memory is worth an exact figure.
const SEARCH = `
my $most = shift @ARGV;
my ($live, @snapshots) = @ARGV;
my %live = %{ extents($live) };
my (%count, %last, %size);
for my $index (0 .. $#snapshots) {
  my $found = extents($snapshots[$index]);
  for my $at (keys %$found) {
    next if exists $live{$at};
    $count{$at}++;
    $last{$at} = $index;
    $size{$at} = $found->{$at};
  }
}
my ($all, @each) = (0, (0) x @snapshots);
for my $at (keys %size) {
  $all += $size{$at};
  $each[$last{$at}] += $size{$at} if $count{$at} == 1;
}
print join(" ", $all, @each), "\\n";

sub extents {
  my ($path) = @_;
  my %found;
  open(my $handle, "<", $path) or die "open: $!\\n";
  my ($inode, $type, $offset) = (256, 108, 0);
  while (1) {
    my $search = pack("Q7 L4 Q4 Q", 0, $inode, ~0 - 255, $offset, ~0, 0, ~0, $type, 108, ~0 & 0xffffffff, 0, 0, 0, 0, 0, 65536)
      . "\\0" x 65536;
    ioctl($handle, 0xC0709411, $search) or die "search: $!\\n";
    my $items = unpack("L", substr($search, 64, 4)) or last;
    my $from = 112;
    for (1 .. $items) {
      (undef, $inode, $offset, $type, my $length) = unpack("Q3 L2", substr($search, $from, 32));
      $from += 32 + $length;
      next unless $type == 108 and $length == 53;
      my ($kind, $at, $bytes) = unpack("C Q2", substr($search, $from - 33, 17));
      $found{$at} = $bytes if $kind and $at;
    }
    die "too many extents\\n" if keys %found > $most;
    if ($offset == ~0) { $type++; $offset = 0; } else { $offset++; }
  }
  return \\%found;
}
`;

const EXTENTS_MAX = 500_000;
const TIMEOUT_MS = 60_000;

/** At the lowest priority, some microseconds an item. Null: there are too many extents to say. */
export async function heldExtents(disk: string, snapshots: string[]): Promise<HeldExtents | null> {
  const program = ['-c', '3', 'perl', '-e', SEARCH, String(EXTENTS_MAX), disk, ...snapshots];
  const { exitCode, stdout, stderr } = await run('nice', ['-n', '19', 'ionice', ...program], {
    timeoutMs: TIMEOUT_MS,
    allow: [255],
  });
  if (exitCode !== 0) {
    if (stderr.includes('too many extents')) return null;
    throw new Error(`extents could not be read: ${stderr.trim()}`);
  }
  const [bytes = 0, ...each] = stdout.trim().split(' ').map(Number);
  return { bytes, each };
}
