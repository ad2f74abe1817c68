// SPDX-License-Identifier: Apache-2.0
/** Whole files: every version, byte order and compression says the same of the same recording. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { headOf } from '../../../src/ingest/head.js';
import { readHead } from '../../../src/ingest/tracedat/head.js';
import { traceDat } from '../../../src/ingest/tracedat/index.js';
import { readVersion6 } from '../../../src/ingest/tracedat/v6.js';
import { build, type Contents, SHAPE } from './build.js';
import { access, comparable, ingestBytes, ingestText } from './harness.js';

const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const STORM = fixture('storm.v6.dat');

describe('a storm of duplicate loads', () => {
  const said = ingestBytes(STORM);

  test('says what trace-cmd report prints of it, to the nanosecond', () => {
    const printed = ingestText(fixture('storm.report-t.txt').toString());
    expect(said.diagnostics).toEqual([]);
    expect(comparable(said, 1n)).toEqual(comparable(printed, 1n));
    expect(said.events.filter((event) => event.kind === 'probe')).toHaveLength(184);
  });

  test('version 7 with zstd, as trace-cmd converts it, is the same', () => {
    expect(ingestBytes(fixture('storm.v7-zstd.dat'))).toEqual(said);
  });

  test.each(['none', 'zlib'] as const)('version 7, compression %s, is the same', (compression) => {
    expect(ingestBytes(build({ ...SHAPE, version: 7, compression }, contentsOf(STORM)))).toEqual(said);
  });

  test('the head tells the kernel, the number of CPUs and what was kept of what was written', () => {
    expect(said.events.slice(0, 2)).toEqual([
      {
        kind: 'trace-header',
        line: 1,
        t: null,
        tracer: null,
        entriesInBuffer: 2629,
        entriesWritten: 2629,
        cpus: 8,
        kernel: '6.12.117-lab',
      },
      {
        kind: 'kernel-version',
        line: 1,
        t: null,
        release: '6.12.117-lab',
        machine: 'x86_64',
        banner: 'Linux lab 6.12.117-lab x86_64',
      },
    ]);
    expect(said.clock).toEqual({ unit: 'ns', zero: 'boot' });
  });

  test('a cut file gives what comes before the cut, and says so', () => {
    const cut = ingestBytes(STORM.subarray(0, STORM.length - 8192));
    expect(cut.events.length).toBeGreaterThan(100);
    expect(cut.events.length).toBeLessThan(said.events.length);
    expect(cut.diagnostics.map(({ code }) => code)).toContain('archive-damaged');
  });

  test('a damaged chunk of compressed data costs that chunk alone', () => {
    const bytes = build({ ...SHAPE, version: 7, compression: 'zlib' }, contentsOf(STORM));
    const whole = ingestBytes(bytes).events.length;
    // The last chunk of the file is that of the last CPU; behind it are two options sections.
    const chunk = Buffer.from(bytes).lastIndexOf(Buffer.from([0x78, 0x9c]));
    bytes.fill(0xff, chunk + 10, chunk + 20);
    const said = ingestBytes(bytes);
    expect(said.events.length).toBeGreaterThan(whole / 2);
    expect(said.diagnostics).toMatchObject([{ code: 'archive-damaged', count: 1 }]);
  });

  test('an unknown algorithm is reported', () => {
    const bytes = Buffer.from(build({ ...SHAPE, version: 7, compression: 'zlib' }, contentsOf(STORM)));
    bytes.write('lzma', bytes.indexOf('zlib'));
    expect(ingestBytes(bytes).diagnostics[0]).toMatchObject({
      code: 'archive-damaged',
      detail: 'unknown compression "lzma"',
    });
  });
});

/** The parts of a version 6 file, to be written in another way. */
function contentsOf(bytes: Uint8Array): Contents {
  const source = access(bytes);
  const fail = (what: string | number): never => {
    throw new Error(String(what));
  };
  const recording = readVersion6(source, readHead(source), fail, fail);
  const formats: Record<string, string[]> = {};
  for (const { system, text } of recording.formats) {
    formats[system] ??= [];
    formats[system].push(text);
  }
  const start = STORM.indexOf('options  \0') + 10;
  const options: { id: number; data: Uint8Array }[] = [];
  for (let at = start; STORM.readUInt16LE(at) !== 0; ) {
    const size = STORM.readUInt32LE(at + 2);
    options.push({ id: STORM.readUInt16LE(at), data: STORM.subarray(at + 6, at + 6 + size) });
    at += 6 + size;
  }
  return {
    formats,
    options,
    kallsyms: new TextDecoder().decode(recording.kallsyms()),
    comms: [...recording.comms].map(([pid, comm]) => `${pid} ${comm}\n`).join(''),
    buffers: recording.buffers.map(({ name, cpus }) => ({
      name,
      cpus: cpus.map(({ pages }) => Buffer.concat([...pages()])),
    })),
  };
}

describe('sniff', () => {
  test('the magic is enough; the version is the form', () => {
    const verdict = traceDat.sniff(headOf(STORM.subarray(0, 64), false, ''));
    expect(verdict).toMatchObject({ form: 'trace.dat version 6', confidence: 100 });
  });

  test('a text that mentions tracing is not one', () => {
    expect(traceDat.sniff(headOf(Buffer.from('\x17\x08tracing6\0'), true, 'trace.dat'))).toBeNull();
    expect(traceDat.sniff(headOf(Buffer.from('tracing'), true, 'trace.dat'))).toBeNull();
  });
});
