// SPDX-License-Identifier: Apache-2.0
/** `systemd-analyze` as people paste it, with the command above its rows. */
import { describe, expect, it } from 'vitest';
import { readBytes } from '../../forms/read.js';

async function units(...lines: string[]): Promise<string[]> {
  const { events } = await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) });
  return [...events.values()].flat().flatMap((event) => (event.kind === 'unit-time' ? [event.unit] : []));
}

const ROWS = ['1min 16.773s systemd-udev-settle.service', '     47.310s lvm2-monitor.service'];
const CHAIN = ['graphical.target @1min 20s', '└─systemd-udev-settle.service @2s +1min 16s'];

describe.each(['systemd-analyze blame', 'sudo systemd-analyze blame', 'systemd-analyze blame | head -2'])(
  '%s',
  (command) => {
    const expected = ['systemd-udev-settle.service', 'lvm2-monitor.service'];
    it.each<[string, string[]]>([
      ['alone', [command, ...ROWS]],
      ['with a blank line', [command, '', ...ROWS]],
      ['with a colon', [`${command}:`, ...ROWS]],
      ['in prose', ['My boot is slow.', '', command, ...ROWS, '', 'Why?']],
      ['quoted', [command, ...ROWS].map((line) => `> ${line}`)],
      ['in a block of code', ['Hi', '', '```', command, ...ROWS, '```', '', 'bye']],
    ])('%s', async (_, lines) => {
      expect(await units(...lines)).toEqual(expected);
    });
  },
);

it('systemd-analyze critical-chain', async () => {
  expect(await units('systemd-analyze critical-chain', ...CHAIN)).toEqual([
    'graphical.target',
    'systemd-udev-settle.service',
  ]);
});

it('the command in a sentence is no head of a list', async () => {
  expect(await units('Run systemd-analyze blame and show it.', ...ROWS.slice(1), 'It is slow.')).toEqual([]);
});
