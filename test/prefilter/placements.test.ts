/** placements.ts has a place for every needle. `UPDATE_PLACEMENTS=1 npx vitest run test/prefilter` finds them anew. */
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { INGESTERS } from '../../src/ingest/registry.js';
import { place } from '../../src/input/prefilter/place.mjs';
import { PLACEMENTS } from '../../src/input/prefilter/placements.js';

const LISTS = [
  ...new Set(
    INGESTERS.flatMap((ingester) => ('needles' in ingester && ingester.needles ? [ingester.needles] : [])),
  ),
];
const FILE = new URL('../../src/input/prefilter/placements.ts', import.meta.url);

function text(placements: readonly object[]): string {
  const lists = placements.map(
    (placement) =>
      `  {\n${Object.entries(placement)
        .map(([needle, [bucket, from]]) => `    ${keyOf(needle)}: [${bucket}, ${from}],\n`)
        .join('')}  },\n`,
  );
  return `/** By needle, for each list of them: its bucket, and where in it its print begins; found by place.mjs. */
export const PLACEMENTS: readonly Readonly<Record<string, readonly [bucket: number, from: number]>>[] = [
${lists.join('')}];
`;
}

/** As biome writes a key. */
function keyOf(needle: string): string {
  if (/^[A-Za-z_]\w*$/.test(needle)) return needle;
  const quoted = JSON.stringify(needle);
  return needle.includes("'") ? quoted : `'${quoted.slice(1, -1)}'`;
}

it('has a place for every needle of every ingester', { timeout: 120_000 }, () => {
  if (process.env.UPDATE_PLACEMENTS === '1') {
    writeFileSync(FILE, text(LISTS.map(place)));
    return;
  }
  const placed = PLACEMENTS.map((placement) => Object.keys(placement).sort());
  expect(placed, 'run UPDATE_PLACEMENTS=1 npx vitest run test/prefilter').toEqual(
    LISTS.map((needles) => [...needles].sort()),
  );
});

it('has prints of three bytes where a needle has them', () => {
  for (const placement of PLACEMENTS) {
    for (const [needle, [bucket, from]] of Object.entries(placement)) {
      expect(bucket).toBeLessThan(8);
      expect(from, needle).toBeLessThanOrEqual(Math.max(0, needle.length - 3));
    }
  }
});
