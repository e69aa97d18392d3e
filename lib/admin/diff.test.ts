import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diffRows } from './diff.ts';
import { packRow, unpackRow } from './row.ts';
import { exampleRow } from './testing/example-row.ts';

const [one, two, three] = ['one', 'two', 'three'].map((name) => exampleRow({ name })) as [
  ReturnType<typeof exampleRow>,
  ReturnType<typeof exampleRow>,
  ReturnType<typeof exampleRow>,
];

it('tells everything to whoever knows nothing', () => {
  expect(diffRows(new Map(), [one, two])).toMatchObject({ changed: [packRow(one), packRow(two)], removed: [] });
});

it('tells only rows that differ, and the ids of those that are gone', () => {
  const { sent } = diffRows(new Map(), [one, two, three]);
  const { changed, removed } = diffRows(sent, [one, { ...two, disk: 1 }]);
  expect(changed.map(unpackRow)).toEqual([{ ...two, disk: 1 }]);
  expect(removed).toEqual([three.id]);
});

it('tells nothing when nothing differs, also inside of a row', () => {
  const held = exampleRow({ name: 'held', verdicts: [{ kind: 'disk', level: 'warn', text: 'Nearly full.' }] });
  const { sent } = diffRows(new Map(), [held]);
  expect(diffRows(sent, [structuredClone(held)])).toMatchObject({ changed: [], removed: [] });
});

it('packs a row so that it can be unpacked', () => {
  fc.assert(
    fc.property(fc.string(), fc.option(fc.nat()), (name, disk) => {
      const row = exampleRow({ name, disk });
      expect(unpackRow(JSON.parse(JSON.stringify(packRow(row))))).toEqual(row);
    }),
  );
});
