// SPDX-License-Identifier: Apache-2.0
/** What is not in the order or the lines that the kernel printed it in, and is found all the same. */
import { describe, expect, test } from 'vitest';
import type { Event, EventKind } from '../../src/model/event.js';
import { allEvents, factsOf } from './compare.js';
import { fixtureBytes } from './fixtures.js';
import { readBytes } from './read.js';

const read = (text: string) => readBytes({ bytes: new TextEncoder().encode(text) });
const codes = (evidence: Awaited<ReturnType<typeof read>>): Record<string, number> =>
  Object.fromEntries(evidence.diagnostics.map(({ code, count }) => [code, count]));
const ofKind = <K extends EventKind>(events: readonly Event[], kind: K): Extract<Event, { kind: K }>[] =>
  events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind);

/** What mail programs do at column 72: the line breaks at its last blank before that. */
function wrapped(text: string, width = 72): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const rows: string[] = [];
      let rest = line;
      while (rest.length > width) {
        const blank = rest.lastIndexOf(' ', width);
        // What has no blank but its padding is not broken.
        if (blank <= 0 || rest.slice(0, blank).trim() === '') break;
        rows.push(rest.slice(0, blank));
        rest = rest.slice(blank + 1);
      }
      return [...rows, rest];
    })
    .join('\n');
}

describe('lines that mail wrapped', () => {
  test.each([68, 72, 76, 78])('a kernel log, at column %i', async (width) => {
    const text = new TextDecoder().decode(fixtureBytes('test/ingest/dmesg/fixtures/failures.plain.txt'));
    const want = await read(text);
    const got = await read(wrapped(text, width));
    const facts = (events: readonly Event[]): string[] =>
      events.map((event) => `${event.t} ${factsOf(event)}`.replace(/ +/g, ' '));
    expect(facts(allEvents(got))).toEqual(facts(allEvents(want)));
    expect(codes(got)['text-repaired']).toBeGreaterThan(5);
  });

  test('a trace', async () => {
    const text = new TextDecoder().decode(fixtureBytes('test/ingest/ftrace/fixtures/tgid-trace.txt'));
    const want = allEvents(await read(text));
    const got = await read(wrapped(text));
    expect(allEvents(got).map(factsOf)).toEqual(want.map(factsOf));
    expect(codes(got)['text-repaired']).toBeGreaterThan(50);
  });

  test('a line of something else on the console is left alone', async () => {
    const { diagnostics, events } = await read(
      [
        '[    0.000000] Linux version 6.12.1 (b@h) #1 SMP',
        '[    4.500000] Module nls_cp737 is blacklisted',
        "modprobe: ERROR: could not insert 'nls_cp737': Operation not permitted",
        '[    4.600000] a message of the kernel that is about seventy columns wide, no less',
        "modprobe: ERROR: could not insert 'nls_cp775': Operation not permitted",
        '[    4.700000] Module nls_cp775 is blacklisted',
      ].join('\n'),
    );
    const all = [...events.values()].flat();
    expect(ofKind(all, 'user-load').map(({ module, line }) => [module, line])).toEqual([
      ['nls_cp737', 3],
      ['nls_cp775', 5],
    ]);
    expect(ofKind(all, 'load-failure')).toHaveLength(2);
    expect(diagnostics.map(({ code }) => code)).not.toContain('text-repaired');
  });
});

test('records missing from /dev/kmsg are counted', async () => {
  const evidence = await read(
    [
      '6,339,5140900,-;Module a is blacklisted',
      '6,340,5140901,-;x',
      '6,352,5140999,-;y',
      '6,355,5141000,-;z',
    ].join('\n'),
  );
  expect(codes(evidence)['log-messages-lost']).toBe(11 + 2);
});

test('a trace buffer that was dumped into the log is read as a trace', async () => {
  const evidence = await read(
    [
      '[    0.000000] Linux version 6.12.1 (b@h) #1 SMP',
      '[   12.345678] Kernel panic - not syncing: sysrq triggered crash',
      '[   12.345679] Dumping ftrace buffer:',
      '[   12.345680] ---------------------------------',
      '[   12.345681] modprobe-902       5..... 11234567us : sys_finit_module(fd: 5, uargs: 4b2f3d, flags: 0)',
      '[   12.345682] CPU:3 [LOST 12 EVENTS]',
      '[   12.345683] modprobe-902       5..... 11234600us : module_load: nls_cp737 E',
      '[   12.345684] modprobe-902       5..... 11234900us : sys_finit_module -> 0x0',
      '[   12.345685] ---------------------------------',
      '[   12.345686] Module nls_cp775 is blacklisted',
    ].join('\n'),
  );
  expect(evidence.sources.map(({ format, kind }) => [format, kind])).toEqual([
    ['dmesg', 'file'],
    ['ftrace', 'section'],
  ]);
  const events = allEvents(evidence);
  expect(ofKind(events, 'module-load')).toMatchObject([
    { module: 'nls_cp737', pid: 902, line: 7, source: 2 },
  ]);
  expect(ofKind(events, 'syscall-exit')).toMatchObject([{ ret: 0, line: 8 }]);
  expect(ofKind(events, 'lost-events')).toMatchObject([{ cpu: 3, count: 12, line: 6 }]);
  expect(ofKind(events, 'load-failure')).toMatchObject([{ module: 'nls_cp775', line: 10, source: 1 }]);
});

test("trace-cmd's report of function_graph gives calls and their durations", async () => {
  const events = allEvents(
    await read(
      [
        'cpus=8',
        '        modprobe-902   [005]    45.732844: funcgraph_entry:                   |  load_module() {',
        '        modprobe-902   [005]    45.732850: funcgraph_entry:        0.567 us   |    early_mod_check();',
        '        modprobe-902   [005]    45.732851: funcgraph_entry:                   |    something_else() {',
        '           udevd-514   [006]    45.732860: funcgraph_entry:                   |  kernel_read_file() {',
        '        modprobe-902   [005]    45.732870: funcgraph_exit:       + 19.000 us  |    }',
        '        modprobe-902   [005]    45.740000: funcgraph_exit:       # 7156.123 us |  }',
        '           udevd-514   [006]    45.750000: funcgraph_exit:       * 17140.5 us |  }',
      ].join('\n'),
    ),
  );
  expect(
    ofKind(events, 'function-call').map(({ pid, func, durationNs, line }) => [pid, func, durationNs, line]),
  ).toEqual([
    [902, 'early_mod_check', 567n, 3],
    [902, 'load_module', 7_156_123n, 2],
    [514, 'kernel_read_file', 17_140_500n, 5],
  ]);
});

test('what modprobe printed is read on its own, too', async () => {
  const evidence = await read(
    "modprobe: ERROR: could not insert 'a': Device or resource busy\nmodprobe: FATAL: Module b not found in directory /lib/modules/6.12\n",
  );
  expect(ofKind(allEvents(evidence), 'user-load').map(({ module, errno }) => [module, errno])).toEqual([
    ['a', 16],
    ['b', null],
  ]);
});
