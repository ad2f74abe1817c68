// SPDX-License-Identifier: Apache-2.0
/** Every form of one recording says the same. */
import { describe, expect, it } from 'vitest';
import type { ParsedEvent } from '../../../src/model/event.js';
import { fixture, ingest, records } from './ingest.js';

/** Latency forms cut the comm to 8 characters. */
const cut = (events: readonly ParsedEvent[]): unknown[] =>
  records(events).map((event) =>
    'comm' in event && typeof event.comm === 'string'
      ? { ...event, t: null, comm: event.comm.slice(0, 8) }
      : event,
  );

describe('trace_options of one ring buffer', () => {
  const plain = ingest(fixture('tgid-trace.txt'));

  it('reads every record of the default form', () => {
    expect(plain.diagnostics.size).toBe(0);
    expect(plain.events.length).toBe(110);
    expect(plain.verdict).toMatchObject({ form: 'trace', confidence: 98, matched: 110, tried: 110 });
  });

  it.each(['tgid-trace-noirq-info.txt', 'tgid-trace-latency-verbose.txt'])('%s', (name) => {
    const other = ingest(fixture(name));
    expect(records(other.events)).toEqual(records(plain.events));
    expect(other.clock).toEqual({ unit: 'ns', zero: 'boot' });
  });

  it('tgid-trace-opt-fields.txt: fields one by one, addresses for functions', () => {
    const other = ingest(fixture('tgid-trace-opt-fields.txt'));
    expect(records(other.events)).toEqual(records(plain.events));
    expect(other.diagnostics.size).toBe(0);
  });

  it('tgid-trace-latency-format.txt: eight characters of comm, times from the first entry', () => {
    const other = ingest(fixture('tgid-trace-latency-format.txt'));
    expect(cut(other.events)).toEqual(cut(plain.events));
    expect(other.clock).toEqual({ unit: 'ns', zero: 'relative' });
    expect(other.verdict?.form).toBe('latency-format');
    expect(other.events[0]).toMatchObject({ kind: 'trace-header', kernel: '6.12.117-lab', cpus: 8 });
    expect(records(other.events)[1]).toMatchObject({ kind: 'exec', t: 25_397_000n });
  });
});

describe('trace-cmd report of one trace.dat', () => {
  const plain = ingest(fixture('addresses-only-host-report.txt'));

  it('ties addresses to functions', () => {
    expect(plain.diagnostics.size).toBe(0);
    expect(plain.verdict?.form).toBe('trace-cmd report');
    expect(plain.events[0]).toMatchObject({ kind: 'trace-header', cpus: 8 });
  });

  it.each(['-R', '--ts-diff'])('%s', (option) => {
    const other = ingest(fixture(`addresses-only-host-report${option}.txt`));
    expect(records(other.events)).toEqual(records(plain.events));
  });

  it('-l: latency flags, absolute times', () => {
    const other = ingest(fixture('addresses-only-host-report-l.txt'));
    expect(cut(other.events)).toEqual(cut(plain.events));
    expect(records(other.events).map((event) => event.t)).toEqual(
      records(plain.events).map((event) => event.t),
    );
    expect(other.clock?.zero).toBe('boot');
  });

  it('-t: nanoseconds, exactly', () => {
    const other = ingest(fixture('addresses-only-host-report-t.txt'));
    expect(records(other.events)[0]?.t).toBe(41_289_788_892n);
    const rounded = records(other.events).map((event) => event.t !== null && (event.t + 500n) / 1000n);
    expect(rounded).toEqual(records(plain.events).map((event) => event.t !== null && event.t / 1000n));
  });
});

describe('clocks', () => {
  it.each([
    ['mono', { unit: 'ns', zero: 'boot' }, 54_743_455_000n],
    ['tai', { unit: 'ns', zero: 'epoch' }, 1_795_343_338_227_633_000n],
    ['counter', { unit: 'ticks', zero: 'boot' }, 3n],
    ['x86-tsc', { unit: 'ticks', zero: 'boot' }, 240_114_900_448n],
  ])('%s', (name, clock, first) => {
    const read = ingest(fixture(`clock-${name}.txt`));
    expect(read.clock).toEqual(clock);
    expect(records(read.events)[0]).toMatchObject({ kind: 'fork', t: first });
  });
});

describe('names that hold a newline', () => {
  const traces = ingest(fixture('name-holds-newline-trace.txt'));

  it('are one record on two lines', () => {
    expect(traces.diagnostics.size).toBe(0);
    const asked = traces.events.filter((event) => event.kind === 'module-request');
    expect(asked).toMatchObject([
      { requested: 'hdaudio:v1AF40012r00100101a01', wait: true, callSite: 'snd_hda_codec_configure' },
      { requested: 'hdaudio:v1AF40022r00100101a01', wait: true, callSite: 'snd_hda_codec_configure' },
    ]);
    const probed = traces.events.filter((event) => event.kind === 'probe' && event.fact.fact === 'request');
    expect(probed.map((event) => event.kind === 'probe' && event.fact)).toContainEqual({
      fact: 'request',
      requested: 'hdaudio:v1AF40012r00100101a01',
      wait: true,
    });
  });

  it('read the same from trace-cmd', () => {
    const report = ingest(fixture('name-holds-newline-trace-cmd.txt'));
    const asked = (events: readonly ParsedEvent[]) =>
      records(events).filter((event) => event.kind === 'module-request');
    expect(asked(report.events)).toEqual(asked(traces.events));
  });
});

describe('what mail, editors and pipes do to lines', () => {
  const original = fixture('tgid-trace.txt');
  const want = records(ingest(original).events);

  it.each<[string, (text: string) => string]>([
    ['CRLF', (text) => text.replaceAll('\n', '\r\n')],
    ['quoted', (text) => text.replaceAll(/^/gm, '> ')],
    ['quoted twice', (text) => text.replaceAll(/^/gm, '> > ')],
    ['squeezed blanks', (text) => text.replaceAll(/ {2,}/g, ' ')],
    ['tabs', (text) => text.replaceAll(/ {4,}/g, '\t')],
    ['trailing blanks lost', (text) => text.replaceAll(/ +$/gm, '')],
    ['no head', (text) => text.replaceAll(/^#.*\n/gm, '')],
    ['last line cut in its front', (text) => `${text}   (udev-wor`],
  ])('%s', (_name, change) => {
    const read = ingest(change(original));
    expect(records(read.events)).toEqual(want);
    expect(read.diagnostics.size).toBe(0);
  });

  it('joins what was wrapped at 72 columns', () => {
    const wrapped = `> (udev-worker)-526   [003] ..... 41.351579: sys_finit_module(fd: 5, uargs:
> 4b2f3d, flags: 4)
>         modprobe-902  [005] .... 45.732844: becoming:
> (mod_stat_bump_becoming+0x4/0x30) name="a b" len=0x10 compressed=3 flags=4`;
    expect(records(ingest(wrapped).events)).toMatchObject([
      { kind: 'syscall-enter', flags: 4 },
      { fact: { fact: 'charge', phase: 'becoming', module: 'a b', image: 16, compressed: 3, flags: 4 } },
    ]);
  });

  it('says what it could not read', () => {
    const cut = `${original}        modprobe-443     (    443) [000] .....    51.09: sys_finit_module -> 0xfffff`;
    expect(ingest(cut).diagnostics).toEqual(new Map([['trace-line-unread', 1]]));
    const open = `${original}        modprobe-443     (    443) [000] .....    51.09: module_request: net-p`;
    expect(ingest(open).diagnostics).toEqual(new Map([['trace-line-unread', 1]]));
  });
});
