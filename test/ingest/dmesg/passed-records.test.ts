// SPDX-License-Identifier: Apache-2.0
/** Kernel logs of records of all kinds, read with the prefilter and without it. */
import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBoth } from '../../prefilter/both.js';

const BANNER = 'Linux version 6.12.7-amd64 (build@host) (gcc 14.2.0, GNU ld 2.44) #1 SMP PREEMPT_DYNAMIC';
const MESSAGES = [
  'usb 1-1: new device',
  'pci 0000:00:1f.3: [8086:a348] type 00 class 0x040300',
  'snd_hda_intel: codec',
  'systemd[1]: Starting modprobe@fuse.service - Load Kernel Module fuse...',
  '(udev-worker)[312]: ttyS0: done',
  'x[1]:no blank',
  'kernel: a host?',
  'lab kernel: [drm] a host',
  'lab systemd[1]: Starting',
  'says "yes" and "no"',
  'a \\ and a\ttab',
  'a, [    1.234567] glued',
  'grün',
  '',
  'x'.repeat(5000),
  'module-autoload: duplicate request for module fuse',
  'fuse: loading out-of-tree module taints kernel.',
  'Modules linked in: fuse overlay(E)',
  ' trail',
  'Startup finished in 1.5s (kernel) + 2.5s (userspace) = 4s.',
  'Console: colour VGA+ 80x25',
];

interface Message {
  readonly text: string;
  /** Microseconds after the message before. */
  readonly later: number;
  readonly kind: number;
}

const message: fc.Arbitrary<Message> = fc.record({
  text: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...MESSAGES.slice(0, 5)) },
    { weight: 1, arbitrary: fc.constantFrom(...MESSAGES) },
  ),
  later: fc.oneof(
    { weight: 20, arbitrary: fc.nat(3000) },
    { weight: 1, arbitrary: fc.constantFrom(-4_000_000, -6_000_000, 6_000_000, 70_000_000) },
  ),
  kind: fc.nat(40),
});

/** Messages with their times, repeated, so that there are enough of them before and after a word of interest. */
function logOf(messages: readonly Message[], write: (text: string, micros: number, kind: number) => string) {
  let micros = 0;
  const all = [{ text: BANNER, later: 0, kind: 9 }, ...messages, ...messages, ...messages];
  return all.map(({ text, later, kind }) => {
    micros = Math.max(0, micros + later);
    return write(text, micros, kind);
  });
}

const seconds = (micros: number, width = 12): string => {
  const digits = String(micros).padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`.padStart(width);
};

function stamped(text: string, micros: number, kind: number): string {
  const front = ['<6>', 'kern  :info  : ', 'user  :info  : ', '', '', ''][kind] ?? '';
  const caller = ['', '', '', '[    T1]', '[  C12]'][kind] ?? '';
  return `${front}[${seconds(micros)}]${caller} ${text}${kind === 5 ? '\r' : ''}\n`;
}

function json(text: string, micros: number, kind: number): string {
  const fields = [
    ...['0', '"kern"', '"user"', '3'].slice(kind, kind + 1).map((facility) => `"fac": ${facility}`),
    kind === 4 ? '"pri": "info"' : '"pri": 6',
    kind === 5 ? `"time": "${seconds(micros)}"` : `"time": ${seconds(micros)}`,
    ...(kind === 6 ? ['"caller": "T12"'] : []),
    `"msg": ${JSON.stringify(text)}`,
  ];
  const others = ['"msg": "twice",', '"dup": {"msg": "within"},', '"n": [1, {"msg": "x"}],'][kind - 7] ?? '';
  return `{\n         ${others}${fields.join(',\n         ')}\n      }`;
}

function dated(text: string, micros: number, kind: number): string {
  const date = new Date(Date.UTC(2026, 10, 22, 10, 45, 49) + Math.floor(micros / 1000) + kind * 10);
  const syslog = `Nov 22 ${date.toISOString().slice(11, 19)}`;
  const iso = `${date.toISOString().slice(0, 23)}${String(micros % 1000).padStart(3, '0')}+05:30`;
  const stamp = kind % 3 === 0 ? '' : `[${seconds(micros)}] `;
  const by =
    ['kernel:', 'kernel:', 'kernel:', 'systemd[1]:', '(udev-worker)[33]:', 'sudo:'][kind % 7] ?? 'kernel:';
  return `${kind < 20 ? syslog : iso} lab ${by} ${by === 'kernel:' ? stamp : ''}${text}\n`;
}

test.each([
  ['with stamps', (messages: readonly Message[]) => logOf(messages, stamped).join('')],
  [
    'as JSON',
    (messages: readonly Message[]) => `{\n   "dmesg": [\n      ${logOf(messages, json).join(',')}\n   ]\n}\n`,
  ],
  ['with dates', (messages: readonly Message[]) => logOf(messages, dated).join('')],
  [
    'with dates of one form',
    (messages: readonly Message[]) =>
      logOf(messages, (text, micros, kind) => dated(text, micros, 20 + (kind % 20))).join(''),
  ],
])('%s', async (_name, write) => {
  let events = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 60, maxLength: 400 }), async (messages) => {
      const { filtered, unfiltered } = await readBoth(Buffer.from(write(messages)));
      deepStrictEqual(filtered, unfiltered);
      for (const source of filtered.sources) events += source.events;
    }),
    { numRuns: 25 },
  );
  expect(events).toBeGreaterThan(100);
});
