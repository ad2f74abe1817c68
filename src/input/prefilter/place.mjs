/**
 * Finds places for needles, once and for all: which bytes of a needle are its print, and in which of the scanner's
 * buckets that goes, so that as little as possible of sample.txt, which holds no needle's line of its own, is let
 * through. The result, placements.ts, is checked in; the test of it writes it anew when told to.
 */
import { readFileSync } from 'node:fs';

const SAMPLE = readFileSync(new URL('sample.txt', import.meta.url));
const POSITIONS = [0, 1, 2];
const BUCKETS = 8;
const HALVES = 16;
const ALL = 2 ** HALVES - 1;
/** Orders in which needles are placed first, before they are moved about. */
const ATTEMPTS = 8;

const PLACES = SAMPLE.length - POSITIONS.length + 1;
const WORDS = Math.ceil(PLACES / 32);

const halves = (byte) => [byte & 15, byte >> 4];

/** By table (low and high of each position) and half: a bit for each place of the sample whose byte there has it. */
const HAVING = POSITIONS.flatMap((position) =>
  [0, 1].map((which) => {
    const having = Array.from({ length: HALVES }, () => new Int32Array(WORDS));
    for (let place = 0; place < PLACES; place++)
      having[halves(SAMPLE[place + position])[which]][place >> 5] |= 1 << (place & 31);
    return having;
  }),
);

function bitCount(word) {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** By table: the halves that a print lets through, as bits; where it has ended, all. */
function masksOf(needle, from) {
  return POSITIONS.flatMap((position) => {
    const byte = needle[from + position];
    return byte === undefined ? [ALL, ALL] : halves(byte).map((half) => 1 << half);
  });
}

const through = HAVING.map(() => new Int32Array(WORDS));

/** How much of the sample a bucket with these prints lets through; and a little for what else it would. */
function costOf(prints) {
  if (prints.length === 0) return 0;
  const masks = HAVING.map((_, table) => prints.reduce((mask, print) => mask | print.masks[table], 0));
  for (const [table, mask] of masks.entries()) {
    through[table].fill(mask === ALL ? -1 : 0);
    if (mask === ALL) continue;
    for (let half = 0; half < HALVES; half++) {
      if ((mask & (1 << half)) === 0) continue;
      const having = HAVING[table][half];
      for (let word = 0; word < WORDS; word++) through[table][word] |= having[word];
    }
  }
  let count = 0;
  for (let word = 0; word < WORDS; word++) {
    const bits = through.reduce((all, table) => all & table[word], -1);
    if (bits !== 0) count += bitCount(bits);
  }
  const others = masks.reduce((share, mask) => (share * bitCount(mask)) / HALVES, 1);
  return count + others * PLACES * 0.3;
}

/** Where the print costs the least more; without it, the buckets are as given. */
function cheapest(buckets, costs, prints) {
  let best = null;
  for (const print of prints) {
    for (const [bucket, others] of buckets.entries()) {
      const cost = costOf([...others, print]);
      const more = cost - costs[bucket];
      if (best === null || more < best.more) best = { bucket, print, cost, more };
    }
  }
  return best;
}

/** Puts one needle after another where it costs least, then takes out one after another and puts it back better. */
function attempt(order, printsOf) {
  const buckets = Array.from({ length: BUCKETS }, () => []);
  const costs = buckets.map(() => 0);
  const put = ({ bucket, print, cost }) => {
    buckets[bucket] = [...buckets[bucket], print];
    costs[bucket] = cost;
  };
  for (const needle of order) put(cheapest(buckets, costs, printsOf.get(needle)));
  for (let before = Infinity; total(costs) < before; ) {
    before = total(costs);
    for (const needle of order) {
      const bucket = buckets.findIndex((prints) => prints.some((print) => print.needle === needle));
      buckets[bucket] = buckets[bucket].filter((print) => print.needle !== needle);
      costs[bucket] = costOf(buckets[bucket]);
      put(cheapest(buckets, costs, printsOf.get(needle)));
    }
  }
  return { buckets, cost: total(costs) };
}

const total = (costs) => costs.reduce((sum, cost) => sum + cost, 0);

/** The needles with a few of their prints, those that let the least through by themselves. */
function printsOfAll(needles) {
  return new Map(
    needles.map((needle) => {
      const bytes = Buffer.from(needle);
      const prints = Array.from({ length: Math.max(1, bytes.length - POSITIONS.length + 1) }, (_, from) => ({
        needle,
        from,
        masks: masksOf(bytes, from),
      }));
      const byCost = prints
        .map((print) => ({ print, cost: costOf([print]) }))
        .sort((a, b) => a.cost - b.cost);
      return [needle, byCost.slice(0, 6).map(({ print }) => print)];
    }),
  );
}

/** By needle: its bucket, and where in it its print begins. */
export function place(needles) {
  const printsOf = printsOfAll(needles);
  const order = [...needles].sort((a, b) => a.length - b.length);
  let best = null;
  for (let number = 0; number < ATTEMPTS; number++) {
    const tried = attempt([...order.slice(number), ...order.slice(0, number)], printsOf);
    if (best === null || tried.cost < best.cost) best = tried;
  }
  const places = best.buckets.flatMap((prints, bucket) =>
    prints.map(({ needle, from }) => [needle, [bucket, from]]),
  );
  return Object.fromEntries(places);
}
