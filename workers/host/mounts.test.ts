import { expect, test } from 'vitest';
import { mountsBelow } from './mounts.ts';

const TABLE = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
46 22 0:46 / /srv/lk/pool rw,noatime - btrfs /dev/loop2 rw
59 22 0:63 / /srv/lk/mounts/a rw - overlay overlay rw
60 59 0:64 / /srv/lk/mounts/a/deep\\040er rw - tmpfs tmpfs rw
61 22 0:65 / /srv/lk-other/pool rw - btrfs /dev/loop3 rw
62 22 0:66 / /srv/lk rw - ext4 /dev/vdb rw
`;

test('mounts below the data directory are found innermost first, with their real names', () => {
  expect(mountsBelow(TABLE, '/srv/lk')).toEqual(['/srv/lk/mounts/a/deep er', '/srv/lk/mounts/a', '/srv/lk/pool']);
});

test('the data directory itself and its neighbours are never among them', () => {
  expect(mountsBelow(TABLE, '/srv/lk')).not.toContain('/srv/lk');
  expect(mountsBelow(TABLE, '/srv/lk').join()).not.toContain('lk-other');
});
