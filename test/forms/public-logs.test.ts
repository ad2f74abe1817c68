// SPDX-License-Identifier: Apache-2.0
/** Real boot logs of public mailing lists, where they are at hand: a loose search finds no message that is not read. */
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { openInputs } from '../../src/disk/walk.js';
import { ByteReader, textLines } from '../../src/input/index.js';
import { DIAGNOSTICS, type DiagnosticCode } from '../../src/model/diagnostic.js';
import type { Event, EventKind } from '../../src/model/event.js';
import { readBytes } from './read.js';

const LOGS = new URL('../../../shared/public-logs/logs.tar.xz', import.meta.url).pathname;

interface MessageClass {
  readonly name: string;
  /** Anything that looks like it. */
  readonly loose: RegExp;
  /** What looks like it and is somebody else's. */
  readonly not?: RegExp;
  readonly kinds: readonly EventKind[];
  /** It says that a load failed. */
  readonly failure?: true;
}

const CLASSES: readonly MessageClass[] = [
  { name: 'banner', loose: /(?:^|[\]:>] ?)Linux version \d+\.\d+/, kinds: ['kernel-version'] },
  {
    name: 'command line',
    loose: /(?:^|[\]:>;] ?)(?:Kernel c|C)ommand line: /,
    not: /x-session\[/,
    kinds: ['command-line'],
  },
  { name: 'CPUs', loose: /Brought up \d+ node/, kinds: ['boot-mark'] },
  { name: 'modules linked in', loose: /Modules linked in:/, kinds: ['modules-linked-in'] },
  {
    name: 'duplicate request',
    loose: /duplicate request for module/i,
    kinds: ['duplicate-request'],
    failure: true,
  },
  {
    name: 'initcall',
    loose: /\binitcall \S+ \[\S+\] returned|calling +\S+ \[\S+\] @/,
    not: /, parent: /,
    kinds: ['initcall'],
  },
  {
    name: 'udev and systemd',
    loose: /Inserted module '|Module '\S+' is already loaded/,
    kinds: ['user-load'],
  },
  // A test suite says the same of its own files.
  {
    name: 'udev and systemd, failed',
    loose: /Failed to insert|Failed to find module/,
    not: /T?CONF: /,
    kinds: ['user-load'],
    failure: true,
  },
  {
    name: 'modprobe',
    loose: /could not insert|can't load module|modprobe: FATAL/,
    kinds: ['user-load'],
    failure: true,
  },
  {
    name: 'taint',
    loose: /taints kernel|tainting kernel/,
    not: /Setting dangerous option/,
    kinds: ['taint'],
  },
  {
    name: 'signature',
    loose: /oading of .*module.* is rejected|module key '|unsigned module loading/,
    kinds: ['load-failure'],
    failure: true,
  },
  {
    name: 'version',
    loose: /version magic '|disagrees about version of symbol|no symbol version for/,
    kinds: ['load-failure'],
    failure: true,
  },
  {
    name: 'symbol',
    loose: /Unknown symbol|exports duplicate symbol/,
    kinds: ['load-failure'],
    failure: true,
  },
  { name: 'blacklist', loose: /Module \S+ is blacklisted/, kinds: ['load-failure'], failure: true },
  { name: 'NVIDIA', loose: /NVRM: No(?:ne of the)? NVIDIA /, kinds: ['load-failure'], failure: true },
  { name: 'ELF', loose: /Invalid ELF|\.modinfo section must/, kinds: ['load-failure'], failure: true },
  {
    name: 'parameter',
    loose: /: Unknown parameter `|invalid for parameter `/i,
    kinds: ['load-failure'],
    failure: true,
  },
  {
    name: 'decompression',
    loose: /decompression failed with status|compressed module$/,
    kinds: ['load-failure'],
    failure: true,
  },
  {
    name: 'allocation',
    loose:
      /vmap allocation for size|vmalloc(?:_node_range)? (?:for size|error)|percpu: allocation failed|bytes percpu data|vmalloc: allocation failure/i,
    kinds: ['allocation-failure'],
    failure: true,
  },
  {
    name: 'throttle',
    loose: /kmod busy with|kmod_concurrent_max|request_module: runaway/,
    kinds: ['throttle'],
  },
];

interface Log {
  readonly name: string;
  readonly lines: readonly string[];
  readonly events: readonly Event[];
  readonly codes: readonly DiagnosticCode[];
  readonly formats: readonly (string | null)[];
}

describe.skipIf(!existsSync(LOGS))('public logs', () => {
  const logs: Log[] = [];

  beforeAll(async () => {
    for await (const thing of openInputs([LOGS], {})) {
      if (thing.found !== 'leaf') continue;
      const reader = new ByteReader(thing.leaf.open());
      const bytes = await reader.read(1 << 28);
      const lines: string[] = [];
      await textLines(new ByteReader(one(bytes)).rest(), (text) => lines.push(text));
      const { events, diagnostics, sources } = await readBytes({ bytes });
      logs.push({
        name: thing.leaf.node.path,
        lines,
        events: [...events.values()].flat(),
        codes: diagnostics.map(({ code }) => code),
        formats: sources.map(({ format }) => format),
      });
    }
  }, 300_000);

  test('all are read without an error', () => {
    expect(logs.length).toBeGreaterThan(180);
    expect(logs.filter(({ codes }) => codes.some((code) => DIAGNOSTICS[code].severity === 'error'))).toEqual(
      [],
    );
    // Archives among them hold other things too.
    const top = logs.filter(({ name }) => name.split('!').length === 2);
    expect(top.filter(({ formats }) => formats[0] === null).map(({ name }) => name)).toEqual([]);
    expect(top.length).toBeGreaterThanOrEqual(148);
  });

  test.each(CLASSES)('$name: every message is read', ({ loose, not, kinds }) => {
    const missed = logs.flatMap(({ name, lines, events, codes }) => {
      const cited = new Set(events.filter(({ kind }) => kinds.includes(kind)).map(({ line }) => line));
      // A console that is registered late prints the first lines again: that is said.
      const again = codes.includes('source-repeated') && cited.size > 0;
      // So does a log that was put together from two: with the same stamp, with or without the task.
      const stamped = new Set<string>();
      return lines.flatMap((text, index) => {
        if (!loose.test(text) || not?.test(text)) return [];
        const message = text.replace(/\]\[ *[TC]\d+\]/, ']');
        const repeats = /^\[ *\d/.test(message) && stamped.has(message);
        stamped.add(message);
        return cited.has(index + 1) || again || repeats ? [] : [`${name}:${index + 1}: ${text}`];
      });
    });
    expect(missed).toEqual([]);
  });

  test('nothing is said to have failed where no message says so', () => {
    const failing = CLASSES.filter(({ failure }) => failure);
    let quiet = 0;
    const wrong = logs.flatMap(({ name, lines, events }) => {
      const failures = events.filter(isFailure);
      if (!lines.some((text) => failing.some(({ loose, not }) => loose.test(text) && !not?.test(text))))
        quiet++;
      return failures
        .filter(({ line }) => !failing.some(({ loose }) => loose.test(lines[line - 1] ?? '')))
        .map(({ kind, line }) => `${name}:${line}: ${kind}: ${lines[line - 1]}`);
    });
    expect(wrong).toEqual([]);
    expect(quiet).toBeGreaterThanOrEqual(93);
  });
});

function isFailure(event: Event): boolean {
  switch (event.kind) {
    case 'load-failure':
    case 'allocation-failure':
    case 'duplicate-request':
      return true;
    case 'user-load':
      return event.what === 'failed';
    default:
      return false;
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
