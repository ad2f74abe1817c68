// SPDX-License-Identifier: Apache-2.0
import { createReadStream, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  type InputBytes,
  type LineIngester,
  openCase,
  ParamError,
  parseQuery,
  QueryHeadError,
  SqlError,
  UnknownQueryError,
} from '../../src/index.js';
import { INGESTERS } from '../../src/ingest/registry.js';

const PATH = 'samples/failures/dmesg.json';
const bytes = readFileSync('samples/failures/stats.txt');

const open = (input: InputBytes, name = 'stats') => openCase({ inputs: [{ name, bytes: input }] });

describe('inputs that are not on disk', () => {
  it.each<[string, () => InputBytes]>([
    ['bytes', () => new Uint8Array(bytes)],
    ['compressed bytes', () => new Uint8Array(gzipSync(bytes))],
    ['a stream of Node', () => createReadStream('samples/failures/stats.txt')],
    ['a stream of the web', () => new Blob([bytes]).stream()],
    ['a stream without an iterator', () => ({ getReader: () => new Blob([bytes]).stream().getReader() })],
    [
      'pieces',
      async function* () {
        for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
      },
    ],
  ])('read %s like the file', async (_, input) => {
    const wanted = await (await openCase({ inputs: ['samples/failures/stats.txt'] })).query('phase-waste');
    expect(wanted.length).toBe(4);
    const opened = await open(input());
    expect(await opened.query('phase-waste')).toEqual(wanted);
    expect(opened.sources[0]).toMatchObject({ path: 'stats', parent: null });
  });

  it('report a stream that fails, and escape a name', async () => {
    const failing = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('connection lost')),
    });
    const opened = await open(failing, 'a\u001b[31m');
    expect(opened.diagnostics).toContainEqual(
      expect.objectContaining({ code: 'input-unreadable', detail: 'connection lost' }),
    );
    expect(opened.sources[0]?.path).not.toContain('\u001b');
  });
});

describe('a case that is closed', () => {
  it('frees its store and fills another one when it is asked again', async () => {
    const opened = await open(new Uint8Array(bytes));
    const rows = await opened.query('phase-waste');
    const { db } = await opened.store();
    await opened.close();
    await opened.close();
    expect(() => db.run('SELECT 1')).toThrow();
    expect(await opened.query('phase-waste')).toEqual(rows);
  });
});

describe('queries of one’s own', () => {
  const mine = parseQuery(
    'mine',
    '-- Mine.\n-- @column n INTEGER -  N.\n-- @column t SECONDS s  T.\n-- @empty None.\nSELECT count(*) AS n, 1500000000 AS t FROM boots',
    'mine.sql',
  );

  it('give rows as objects, beside the canned ones', async () => {
    const opened = await openCase({ inputs: ['samples/failures/stats.txt'], queries: [mine] });
    expect(await opened.query('mine')).toEqual([{ n: 1n, t: '1.500000' }]);
    await expect(opened.query('nosuch')).rejects.toBeInstanceOf(UnknownQueryError);
    await expect(opened.query('mine', { x: 1 })).rejects.toBeInstanceOf(ParamError);
    await expect(opened.query('timeline', { bucket_ms: 'x' })).rejects.toBeInstanceOf(ParamError);
  });

  it('throw typed errors', async () => {
    expect(() => parseQuery('x', 'SELECT 1', 'x.sql')).toThrow(QueryHeadError);
    const wrong = parseQuery(
      'wrong',
      '-- W.\n-- @column n INTEGER -  N.\n-- @empty None.\nSELECT m AS n FROM boots',
      'w.sql',
    );
    const opened = await openCase({ inputs: ['samples/failures/stats.txt'], queries: [wrong] });
    await expect(opened.query('wrong')).rejects.toBeInstanceOf(SqlError);
  });
});

describe('formats of one’s own', () => {
  const own: LineIngester = {
    ...{ name: 'own', title: 'mine', priority: 9000, reads: 'lines', needles: null },
    sniff: (head) =>
      head.lines[0] === 'MINE' ? { form: 'mine', confidence: 100, matched: 1, tried: 1, why: 'MINE' } : null,
    start: (context) => ({
      line: (text, line) => {
        if (text !== 'MINE')
          context.emit({
            kind: 'module-size',
            line,
            t: null,
            module: text,
            of: 'file',
            bytes: 1,
            path: null,
          });
      },
      end: () => undefined,
    }),
  };

  it('are detected and read', async () => {
    const input = { name: 'x', bytes: new TextEncoder().encode('MINE\nfuse\n') };
    const opened = await openCase({ inputs: [input], ingesters: [own] });
    expect(opened.sources).toMatchObject([{ format: 'own', events: 1 }]);
    expect((await openCase({ inputs: [input] })).sources[0]?.format).toBeNull();
  });

  it('need a name and a priority of their own', async () => {
    const [first] = INGESTERS;
    for (const part of [{ name: first?.name ?? '' }, { priority: first?.priority ?? 0 }]) {
      await expect(openCase({ inputs: [PATH], ingesters: [{ ...own, ...part }] })).rejects.toThrow(TypeError);
    }
  });
});
