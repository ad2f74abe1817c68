// SPDX-License-Identifier: Apache-2.0
/** Files read on further threads give what they give on one, whatever order the threads answer in. */
import { deepStrictEqual } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openInputs } from '../../src/disk/walk.js';
import { PLACES } from '../../src/ingest/layouts/index.js';
import { INGESTERS } from '../../src/ingest/registry.js';
import type { Limits } from '../../src/input/index.js';
import { readEvidence, readEvidenceBeside } from '../../src/read.js';
import { type Batch, type ReaderThreads, readPortion } from '../../src/read-beside.js';
import { tar, zip } from '../input/helpers.js';

type Members = Readonly<Record<string, string | Uint8Array>>;

/** Threads in this one: what passes between them is cloned, as messages are; the first to be asked answers last. */
class Threads implements ReaderThreads {
  readonly count = 3;
  batches = 0;
  files = 0;

  async read(batch: Batch) {
    const turns = this.batches++ % 3 === 0 ? 20 : 0;
    this.files += batch.length;
    const parts = [];
    for (const portion of structuredClone(batch)) parts.push(await readPortion(portion, INGESTERS));
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    return structuredClone(parts);
  }
}

async function both(name: string, bytes: Uint8Array, limits: Partial<Limits> = {}) {
  const open = () => openInputs([{ name, bytes }], { places: PLACES, limits });
  const threads = new Threads();
  const plain = ({ sources, events, diagnostics }: Awaited<ReturnType<typeof readEvidence>>) => ({
    sources,
    events,
    diagnostics,
  });
  const alone = plain(await readEvidence(open(), INGESTERS, { limits }));
  const beside = plain(await readEvidenceBeside(open, INGESTERS, threads, { limits }));
  return { alone, beside, threads };
}

const log = (boot: number, lines = 40): string =>
  `[    0.000000] Linux version 6.12.${boot} (a@b) #1 SMP\n` +
  Array.from({ length: lines }, (_, at) => `[    ${at + 1}.000000] usb 1-${at % 7}: device ${boot}\n`).join(
    '',
  ) +
  `[  400.000000] drv_${boot}: Unknown symbol foo (err -2)\n`;

/** All files of the samples, under names of their own. */
const SAMPLES: Members = Object.fromEntries(
  ['dup-storm', 'failures', 'autoload', 'stock-debian'].flatMap((sample) =>
    readdirSync(join('samples', sample)).map((file) => [
      `${sample}/${file}`,
      readFileSync(join('samples', sample, file)),
    ]),
  ),
);

/** Enough files that the rest goes to other threads. */
const FIRST: Members = Object.fromEntries(Array.from({ length: 32 }, (_, at) => [`a${at}/dmesg`, log(at)]));

const MANY: Members = Object.fromEntries(Array.from({ length: 130 }, (_, at) => [`${at}/dmesg`, log(at)]));
const TARRED = gzipSync(tar(MANY));
const ZIPPED = zip(MANY);

const SOSREPORT: Members = {
  'sos/sos_logs/sos.log': 'collecting\n',
  'sos/version.txt': 'sosreport: 4.5.6\n',
  ...Object.fromEntries(
    Array.from({ length: 90 }, (_, at) => [`sos/sos_commands/kernel/${at}`, at % 3 ? `value ${at}\n` : '']),
  ),
  'sos/sos_commands/kernel/dmesg': log(1),
  'sos/sos_commands/kernel/large': `${'nothing known '.repeat(9000)}\n`,
  'sos/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
};

async function same(archive: Uint8Array): Promise<void> {
  const { alone, beside, threads } = await both('case', archive);
  deepStrictEqual(beside, alone);
  expect(threads.files).toBeGreaterThan(0);
}

describe('files read on further threads', () => {
  // What they hold comes from archives of each kind alike: see below.
  it.each<[string, Uint8Array]>([
    ['every sample', gzipSync(tar({ ...FIRST, ...SAMPLES }))],
    [
      'large logs',
      zip({ ...FIRST, ...Object.fromEntries([1, 2, 3, 4].map((at) => [`${at}.txt`, log(at, 9000)])) }),
    ],
  ])('%s', async (_, archive) => same(archive));

  it.each<[string, Members]>([
    ['logs of many boots', MANY],
    ['a sosreport, most of it without evidence', SOSREPORT],
    ['mixed text with sections', { ...FIRST, 'post.txt': `Hello,\n\n${log(1)}\nand:\n\n${log(2)}\nBye\n` }],
    [
      'an archive in the archive, compressed and damaged files',
      {
        ...FIRST,
        'inner.tar': tar(MANY),
        'c.gz': gzipSync(log(3)),
        'd.gz': gzipSync(log(4, 900)).subarray(0, 500),
        'e.gz': gzipSync('\u0000\u0001'.repeat(90_000)).subarray(0, 150),
        'f.txt': log(5),
      },
    ],
    [
      'invalid text and long lines',
      { ...FIRST, a: `\xff\0${log(1)}${'x'.repeat(2 ** 21)}\n`, b: new Uint8Array(9) },
    ],
  ])('%s', async (_, members) => {
    for (const archive of [tar(members), gzipSync(tar(members)), zip(members)]) await same(archive);
  });

  it('files of the same name stay apart', async () => {
    const part = (at: number): Uint8Array =>
      tar({ ...FIRST, 'x.txt': `See:\n\n${log(at)}\nand\n\n${log(at + 1)}` });
    const end = 1024;
    const twice = Buffer.concat([part(50).subarray(0, -end), part(60)]);
    const { alone, beside } = await both('case.tar', twice);
    expect(alone.sources.filter(({ path }) => path === 'case.tar!x.txt')).toHaveLength(2);
    expect(beside).toEqual(alone);
  });

  // Events are counted alike, whatever their files come from.
  it.each<[string, Partial<Limits>, readonly Uint8Array[]]>([
    ['events', { events: 3 }, [TARRED]],
    ['events', { events: 41 }, [ZIPPED]],
    ['events', { events: 100 }, [TARRED, ZIPPED]],
    ['events', { events: 259 }, [ZIPPED]],
    ['events', { events: 260 }, [TARRED]],
    ['events', { events: 261 }, [ZIPPED]],
    ['members', { members: 100 }, [TARRED, ZIPPED]],
    ['totalBytes', { totalBytes: 150_000 }, [TARRED, ZIPPED]],
    ['totalBytes', { totalBytes: 201_111 }, [TARRED, ZIPPED]],
    ['memberBytes', { memberBytes: 1000 }, [TARRED, ZIPPED]],
    ['bufferBytes', { bufferBytes: 1000 }, [TARRED, ZIPPED]],
    ['ratio', { ratio: 1 }, [TARRED, ZIPPED]],
  ])('a limit of %s ends the reading at the same place: %o', async (_, limits, archives) => {
    for (const archive of archives) {
      const { alone, beside } = await both('case', archive, limits);
      deepStrictEqual(beside, alone);
    }
  });

  it('few files are read on one thread', async () => {
    const threads = new Threads();
    await readEvidenceBeside(
      () => openInputs([{ name: 'case.tar', bytes: tar(FIRST) }], { places: PLACES }),
      INGESTERS,
      threads,
    );
    expect(threads.batches).toBe(0);
  });

  it('an error of a thread is thrown, whatever else was asked', async () => {
    const open = () => openInputs([{ name: 'case.tar', bytes: tar(MANY) }]);
    let asked = 0;
    const threads: ReaderThreads = {
      count: 2,
      read: () => (asked++ === 1 ? Promise.reject(new Error('ended')) : new Promise(() => undefined)),
    };
    const first: ReaderThreads = {
      count: 2,
      read: (batch) =>
        asked++ === 0
          ? Promise.all(batch.map((portion) => readPortion(portion, INGESTERS)))
          : Promise.reject(new Error('ended')),
    };
    await expect(readEvidenceBeside(open, INGESTERS, first)).rejects.toThrow('ended');
    asked = 1;
    await expect(readEvidenceBeside(open, INGESTERS, threads)).rejects.toThrow('ended');
  });
});
