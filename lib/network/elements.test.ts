import { expect, test } from 'vitest';
import { holdable, parseListing, renderForget, renderLimits, STRICTEST } from './elements.ts';

const limits = { bandwidthBytesMax: 5 << 20, connectionsMax: 500, newConnectionsMax: 20 };

test("a site's limits are one element in each set, taken away and added again in one transaction", () => {
  const lines = renderLimits('lightkeeper_one', '10.77.0.5', limits).trim().split('\n');
  expect(lines).toHaveLength(19);
  expect(lines.slice(0, 3)).toEqual([
    'add element inet lightkeeper_one bandwidth_out { 10.77.0.5 limit rate over 5242880 bytes/second burst 131072 bytes counter }',
    'delete element inet lightkeeper_one bandwidth_out { 10.77.0.5 }',
    'add element inet lightkeeper_one bandwidth_out { 10.77.0.5 limit rate over 5242880 bytes/second burst 131072 bytes counter }',
  ]);
  const text = lines.join('\n');
  expect(text).toContain('new_connections { 10.77.0.5 limit rate over 20/second burst 20 packets counter }');
  expect(lines.slice(-4)).toEqual([
    'add chain inet lightkeeper_one site_10_77_0_5',
    'flush chain inet lightkeeper_one site_10_77_0_5',
    'add rule inet lightkeeper_one site_10_77_0_5 ct count over 500 counter drop',
    'add element inet lightkeeper_one connections { 10.77.0.5 : jump site_10_77_0_5 }',
  ]);
  expect(text).toContain(' closed { 10.77.0.5 counter }');
});

test('forgetting leaves no element, also where some are missing', () => {
  const lines = renderForget('t', '10.77.0.5').trim().split('\n');
  const added = new Set(lines.flatMap((line) => /^add (?:element|chain) inet t (\w+)/.exec(line)?.[1] ?? []));
  const deleted = lines.slice(-8).flatMap((line) => /^delete (?:element|chain) inet t (\w+)/.exec(line)?.[1] ?? []);
  expect(new Set(deleted)).toEqual(added);
});

test('what is not an address is not put into a rule', () => {
  for (const address of ['', '10.77.0.5 }; flush ruleset', '10.77.0.0/20', '::1', '10.77.0.5\n']) {
    expect(() => renderLimits('t', address, limits)).toThrow('not an IPv4 address');
    expect(() => renderForget('t', address)).toThrow('not an IPv4 address');
  }
});

test('a limit that the kernel cannot hold becomes the nearest that it can', () => {
  expect(holdable({ bandwidthBytesMax: 0, connectionsMax: 2.7, newConnectionsMax: -1 })).toEqual({
    bandwidthBytesMax: 1,
    connectionsMax: 2,
    newConnectionsMax: 1,
  });
  const endless = { bandwidthBytesMax: 1e18, connectionsMax: 1e12, newConnectionsMax: 1e12 };
  expect(holdable(endless)).toEqual({ bandwidthBytesMax: 1e10, connectionsMax: 1e6, newConnectionsMax: 1e6 });
  expect(holdable(STRICTEST)).toEqual(STRICTEST);
});

/** As nft 1.0.6 lists them: units where they divide, and the burst left out where it is the default. */
const listing = `table inet lightkeeper_one {
	set bandwidth_out {
		type ipv4_addr
		size 4096
		limit rate over 64 kbytes/second burst 128 kbytes counter
		elements = { 10.77.0.5 limit rate over 5 mbytes/second burst 128 kbytes counter packets 3 bytes 4500,
			     10.77.0.6 limit rate over 777777 bytes/second burst 128 kbytes counter packets 0 bytes 0,
			     10.77.0.7 limit rate over 64 kbytes/second burst 128 kbytes counter packets 0 bytes 0 }
	}

	set bandwidth_in {
		type ipv4_addr
		elements = { 10.77.0.5 limit rate over 5 mbytes/second burst 128 kbytes counter packets 4 bytes 4500,
			     10.77.0.6 limit rate over 777777 bytes/second burst 128 kbytes counter packets 0 bytes 0 }
	}

	set new_connections {
		elements = { 10.77.0.5 limit rate over 20/second burst 20 packets counter packets 5 bytes 300,
			     10.77.0.6 limit rate over 5/second counter packets 0 bytes 0 }
	}

	set new_connections_strict {
		elements = { 10.77.0.9 expires 50s limit rate over 5/second }
	}

	map connections {
		type ipv4_addr : verdict
		size 4096
		elements = { 10.77.0.5 : jump site_10_77_0_5, 10.77.0.6 : jump site_10_77_0_6,
			     10.77.0.8 : jump site_10_77_0_8 }
	}

	set lookups {
		elements = { 10.77.0.5 limit rate over 50/second burst 100 packets counter packets 1 bytes 60,
			     10.77.0.6 limit rate over 50/second burst 100 packets counter packets 0 bytes 0 }
	}

	set closed {
		elements = { 10.77.0.5 counter packets 11 bytes 660, 10.77.0.6 counter packets 0 bytes 0 }
	}

	chain site_10_77_0_5 {
		ct count over 500 counter packets 7 bytes 420 drop
	}

	chain site_10_77_0_6 {
		ct count over 9 counter packets 0 bytes 0 drop
	}
}
`;

test('a listing tells what is in force and what was refused, by address', () => {
  const states = parseListing(listing);
  expect(states.get('10.77.0.5')).toEqual({
    limits,
    refused: { closed: 11, connections: 13, bandwidth: 7 },
  });
  expect(states.get('10.77.0.6')?.limits).toEqual({
    bandwidthBytesMax: 777_777,
    connectionsMax: 9,
    newConnectionsMax: 5,
  });
});

test('an address that a set lacks, or whose two ways differ, has no limits', () => {
  expect([...parseListing(listing).keys()]).toEqual(['10.77.0.5', '10.77.0.6']);
  const uneven = listing.replace('10.77.0.5 limit rate over 5 mbytes', '10.77.0.5 limit rate over 4 mbytes');
  expect([...parseListing(uneven).keys()]).toEqual(['10.77.0.6']);
  const uncounted = listing.replace('10.77.0.6 : jump site_10_77_0_6,', '');
  expect([...parseListing(uncounted).keys()]).toEqual(['10.77.0.5']);
  const emptied = listing.replace(/\t\tct count over 9 .*\n/, '');
  expect([...parseListing(emptied).keys()]).toEqual(['10.77.0.5']);
  expect(parseListing('').size).toBe(0);
});
