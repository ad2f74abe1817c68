// SPDX-License-Identifier: Apache-2.0
/** Ring-buffer pages, byte by byte (include/linux/ring_buffer.h), in all byte orders and word sizes. */
import { describe, expect, test } from 'vitest';
import { parseHeaderPage } from '../../../src/ingest/tracedat/format.js';
import { CpuStream, inTimeOrder } from '../../../src/ingest/tracedat/ring-buffer.js';
import { Page, SHAPE, type Shape } from './build.js';

const SHAPES: Shape[] = [true, false].flatMap((littleEndian) =>
  ([4, 8] as const).map((longSize) => ({ ...SHAPE, littleEndian, longSize, pageSize: 256 })),
);

function read(shape: Shape, ...pages: Uint8Array[]) {
  const damage: string[] = [];
  const layout = parseHeaderPage(null, shape.longSize);
  const stream = new CpuStream(3, { cpu: 3, pages: () => pages }, shape.littleEndian, layout, (what) =>
    damage.push(what),
  );
  const records: { t: bigint; length: number; first: number; lost: number | null }[] = [];
  while (stream.next()) {
    const { t, length, lost } = stream;
    records.push({ t, length, first: stream.view.getUint8(stream.offset), lost });
  }
  return { records, damage };
}

const data = (length: number, first: number): Uint8Array => Uint8Array.from({ length }, () => first);

describe.each(SHAPES)('littleEndian $littleEndian, long $longSize', (shape) => {
  test('deltas add up from the page stamp', () => {
    const page = new Page(shape, 1000n).record(0, data(8, 1)).record(5, data(12, 2)).bytes();
    expect(read(shape, page)).toEqual({
      records: [
        { t: 1000n, length: 8, first: 1, lost: 0 },
        { t: 1005n, length: 12, first: 2, lost: 0 },
      ],
      damage: [],
    });
  });

  test('a time extend counts, and an absolute stamp keeps the top bits of the time before', () => {
    const start = (1n << 60n) + 7n;
    const page = new Page(shape, start)
      .timeExtend((3n << 27n) + 9n)
      .record(1, data(4, 1))
      .timeStamp(123_456_789_012n)
      .record(2, data(4, 2))
      .bytes();
    expect(read(shape, page).records.map(({ t }) => t)).toEqual([
      start + (3n << 27n) + 10n,
      (1n << 60n) + 123_456_789_014n,
    ]);
  });

  // kernel/trace/ring_buffer.c:rb_update_event: array[0] holds its own four bytes and the data, aligned to four.
  test.each([116, 152, 200])(
    'after a record of %i bytes, which has a word for its length, comes the next',
    (length) => {
      const page = new Page(shape, 0n).record(1, data(length, 1), true).record(1, data(4, 2)).bytes();
      expect(read(shape, page)).toEqual({
        records: [
          { t: 1n, length, first: 1, lost: 0 },
          { t: 2n, length: 4, first: 2, lost: 0 },
        ],
        damage: [],
      });
    },
  );

  test('a record with its length in a word of its own is as long as the word says', () => {
    const page = new Page(shape, 0n).record(1, data(150, 1), true).record(1, data(4, 2)).bytes();
    expect(read(shape, page).records).toEqual([
      { t: 1n, length: 150, first: 1, lost: 0 },
      { t: 2n, length: 4, first: 2, lost: 0 },
    ]);
  });

  test('a discarded record is passed over, with its time', () => {
    const page = new Page(shape, 0n).discarded(6, 12).record(1, data(4, 9)).bytes();
    expect(read(shape, page)).toEqual({ records: [{ t: 7n, length: 4, first: 9, lost: 0 }], damage: [] });
  });

  test('padding without a delta ends the page, and may have no room for its length', () => {
    const full = new Page(shape, 0n).record(1, data(4, 1)).entry(29, 0).bytes();
    const next = new Page(shape, 50n).record(0, data(4, 2)).bytes();
    const { records, damage } = read(shape, full, next);
    expect(records.map(({ t }) => t)).toEqual([1n, 50n]);
    expect(damage).toEqual([]);
  });

  test('lost records are counted before the first record of the page', () => {
    const page = (stored?: number) => {
      const missed = stored === undefined ? {} : { stored };
      return new Page(shape, 10n).record(0, data(4, 1)).record(1, data(4, 1)).bytes(missed);
    };
    expect(read(shape, page(4711)).records.map(({ lost }) => lost)).toEqual([4711, 0]);
    expect(read(shape, page()).records.map(({ lost }) => lost)).toEqual([null, 0]);
  });

  test('losses of pages without records are kept for the next record', () => {
    const empty = new Page(shape, 10n).bytes({ stored: 5 });
    const next = new Page(shape, 20n).record(0, data(4, 1)).bytes({ stored: 7 });
    expect(read(shape, empty, next).records).toEqual([{ t: 20n, length: 4, first: 1, lost: 12 }]);
  });

  test('a page that claims more than it has is left out; a record beyond the page ends it', () => {
    const claims = new Page({ ...shape, pageSize: 1024 }, 0n).record(0, data(400, 1), true).bytes();
    const beyond = new Page(shape, 5n).record(0, data(4, 1)).entry(20, 1).bytes();
    const good = new Page(shape, 9n).record(0, data(4, 3)).bytes();
    const { records, damage } = read(shape, claims.slice(0, 256), beyond, good);
    expect(records.map(({ t }) => t)).toEqual([5n, 9n]);
    expect(damage).toEqual(['a page of CPU 3 claims 408 bytes', 'a record of CPU 3 has 80 bytes']);
  });
});

test('streams are merged by time; of equal times the first stream goes first', () => {
  class Times {
    t = 0n;
    constructor(
      readonly name: string,
      readonly times: bigint[],
    ) {}
    next(): boolean {
      const t = this.times.shift();
      this.t = t ?? 0n;
      return t !== undefined;
    }
  }
  const seen: string[] = [];
  const streams = [
    new Times('a', [5n, 5n, 9n]),
    new Times('b', []),
    new Times('c', [1n, 5n, 7n]),
    new Times('d', [5n, 4n, 10n]),
  ];
  inTimeOrder(streams, ({ name, t }) => seen.push(`${name}${t}`));
  expect(seen).toEqual(['c1', 'a5', 'a5', 'c5', 'd5', 'd4', 'c7', 'a9', 'd10']);
});
