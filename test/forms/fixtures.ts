// SPDX-License-Identifier: Apache-2.0
/** One fixture or more of every ingester, with what may be done to it without changing what it says. */
import { readFileSync } from 'node:fs';

export interface Fixture {
  readonly name: string;
  /** The ingester that it is for. */
  readonly format: string;
  /** `table`: its columns are told apart by blanks, whatever their number; `json`: quoting would be content. */
  readonly is: 'log' | 'table' | 'json' | 'binary';
  readonly bytes: Uint8Array;
}

const ROOT = new URL('../../', import.meta.url);

export function fixtureBytes(path: string): Uint8Array {
  return readFileSync(new URL(path, ROOT));
}

const FILES: readonly (readonly [format: string, is: Fixture['is'], path: string])[] = [
  ['dmesg', 'log', 'test/ingest/dmesg/fixtures/failures.plain.txt'],
  ['dmesg', 'log', 'test/ingest/dmesg/fixtures/failures.kmsg.txt'],
  ['dmesg', 'log', 'test/ingest/dmesg/fixtures/failures.xT.txt'],
  ['dmesg', 'log', 'test/ingest/dmesg/fixtures/failures.t.txt'],
  ['dmesg', 'log', 'test/ingest/dmesg/fixtures/two-boots.short.txt'],
  ['dmesg', 'log', 'test/ingest/dmesg/fixtures/two-boots.short-monotonic.txt'],
  ['dmesg', 'log', 'test/ingest/dmesg/fixtures/autoload-warn.interleaved.txt'],
  ['dmesg-json', 'json', 'test/ingest/dmesg/fixtures/failures.J.json'],
  ['journal-json', 'json', 'test/ingest/dmesg/fixtures/two-boots.json.txt'],
  ['journal-export', 'binary', 'test/ingest/dmesg/fixtures/two-boots.export.bin'],
  ['ftrace', 'log', 'test/ingest/ftrace/fixtures/tgid-trace.txt'],
  ['ftrace', 'log', 'test/ingest/ftrace/fixtures/failures.txt'],
  ['ftrace', 'log', 'test/ingest/ftrace/fixtures/no-head-trace_pipe.txt'],
  ['ftrace', 'log', 'test/ingest/ftrace/fixtures/addresses-only-host-report.txt'],
  ['ftrace', 'log', 'test/ingest/ftrace/fixtures/tgid-trace-latency-format.txt'],
  ['debugfs-stats', 'table', 'test/ingest/debugfs/fixtures/loadrace/stats'],
  ['debugfs-stats', 'table', 'test/ingest/debugfs/fixtures/loadrace/grep-r.txt'],
  ['debugfs-stats', 'table', 'test/ingest/debugfs/fixtures/failures/tail-n1.txt'],
  ['debugfs-stats', 'table', 'test/ingest/debugfs/fixtures/failures/for-cat.txt'],
  ['module-listing', 'log', 'samples/dup-storm/modules-find-printf.txt'],
  ['module-listing', 'log', 'test/forms/fixtures/failures/modules-ls-lR.txt'],
  ['loaded-modules', 'log', 'test/forms/fixtures/failures/lsmod.txt'],
  ['loaded-modules', 'log', 'test/forms/fixtures/failures/proc-modules.txt'],
  ['meminfo', 'log', 'samples/stock-debian/proc_meminfo.txt'],
  ['trace-json', 'json', 'test/ingest/trace-json/fixtures/chrome-ftrace.json'],
  ['trace-dat', 'binary', 'test/ingest/tracedat/fixtures/storm.v7-zstd.dat'],
  ['mixed', 'log', 'test/forms/fixtures/report-script.txt'],
];

export const FIXTURES: readonly Fixture[] = FILES.map(([format, is, path]) => ({
  name: path.replace(/^.*fixtures\//, '').replace(/^samples\//, ''),
  format,
  is,
  bytes: fixtureBytes(path),
}));
