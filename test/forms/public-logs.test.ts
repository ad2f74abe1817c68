/** Real boot logs of public mailing lists, where they are at hand: a loose search finds no message that is not read. */
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { INGESTERS } from '../../src/ingest/registry.js';
import { ByteReader, openInputs, textLines } from '../../src/input/index.js';
import type { Event, EventKind } from '../../src/model/event.js';
import { readBytes } from './read.js';

const LOGS = new URL('../../../shared/public-logs/logs.tar.xz', import.meta.url).pathname;

interface MessageClass {
  readonly name: string;
  /** Anything that looks like it. */
  readonly loose: RegExp;
  readonly kinds: readonly EventKind[];
  /** It says that a load failed. */
  readonly failure?: true;
}

const CLASSES: readonly MessageClass[] = [
  { name: 'banner', loose: /(?:^|[\]:>] ?)Linux version \d+\.\d+/, kinds: ['kernel-version'] },
  { name: 'command line', loose: /(?:^|[\]:>;] ?)(?:Kernel c|C)ommand line: /, kinds: ['command-line'] },
  { name: 'CPUs', loose: /Brought up \d+ node/, kinds: ['boot-mark'] },
  { name: 'modules linked in', loose: /Modules linked in:/, kinds: ['modules-linked-in'] },
  { name: 'duplicate request', loose: /duplicate request for module/i, kinds: ['duplicate-request'], failure: true },
  { name: 'initcall', loose: /\binitcall \S+ \[\S+\] returned|calling +\S+ \[\S+\] @/, kinds: ['initcall'] },
  { name: 'udev and systemd', loose: /Inserted module '|Failed to insert|Module '\S+' is already loaded|Failed to find module/, kinds: ['user-load'] },
  { name: 'modprobe', loose: /could not insert|can't load module|modprobe: FATAL/, kinds: ['user-load'], failure: true },
  { name: 'taint', loose: /taints kernel|tainting kernel/, kinds: ['taint'] },
  { name: 'signature', loose: /oading of .*module.* is rejected|module key '|unsigned module loading/, kinds: ['load-failure'], failure: true },
  { name: 'version', loose: /version magic '|disagrees about version of symbol|no symbol version for/, kinds: ['load-failure'], failure: true },
  { name: 'symbol', loose: /Unknown symbol|exports duplicate symbol/, kinds: ['load-failure'], failure: true },
  { name: 'blacklist', loose: /Module \S+ is blacklisted/, kinds: ['load-failure'], failure: true },
  { name: 'ELF', loose: /Invalid ELF|\.modinfo section must/, kinds: ['load-failure'], failure: true },
  { name: 'parameter', loose: /: Unknown parameter `|invalid for parameter `/i, kinds: ['load-failure'], failure: true },
  { name: 'decompression', loose: /decompression failed with status|compressed module$/, kinds: ['load-failure'], failure: true },
  { name: 'allocation', loose: /vmap allocation for size|vmalloc(?:_node_range)? (?:for size|error)|percpu: allocation failed|bytes percpu data|vmalloc: allocation failure/i, kinds: ['allocation-failure'], failure: true },
  { name: 'throttle', loose: /kmod busy with|kmod_concurrent_max|request_module: runaway/, kinds: ['throttle'] },
];

interface Log {
  readonly name: string;
  readonly lines: readonly string[];
  readonly events: readonly Event[];
  readonly codes: readonly string[];
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

  test('all are read', () => {
    console.log(logs.length, INGESTERS.length);
    console.log(logs.filter(({ formats }) => formats[0] === null).map(({ name }) => name));
  });

  test.each(CLASSES)('$name', ({ loose, kinds }) => {
    const missed: string[] = [];
    let seen = 0;
    for (const { name, lines, events } of logs) {
      const cited = new Set(events.filter(({ kind }) => kinds.includes(kind)).map(({ line }) => line));
      lines.forEach((text, index) => {
        if (!loose.test(text)) return;
        seen++;
        if (!cited.has(index + 1)) missed.push(`${name.replace(/.*!/, '')}:${index + 1}: ${text}`);
      });
    }
    console.log(`${seen} seen, ${missed.length} missed\n${missed.slice(0, 12).map((m) => m.slice(0, 260)).join('\n')}`);
  });

  test('none', () => {
    const none = logs.filter(({ lines }) => !CLASSES.some(({ loose, failure }) => failure && lines.some((l) => loose.test(l))));
    console.log(none.length, none.flatMap(({ name, events }) => events.filter((e) => ['load-failure', 'allocation-failure', 'duplicate-request'].includes(e.kind) || (e.kind === 'user-load' && e.what === 'failed')).map((e) => `${name} ${e.line} ${e.kind}`)));
  });
});

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
