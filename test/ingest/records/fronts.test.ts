// SPDX-License-Identifier: Apache-2.0
/** A kernel log says the same with a shipper's or a test runner's text before each line, and newest first. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';
import { each, factsOf, json, LINES, MESSAGES, PLAIN, syslogDate } from './messages.js';

const want = await factsOf(PLAIN);

describe('lines with something before them', () => {
  test.each<[string, string]>([
    ['aws logs tail', each(({ line, iso }) => `${iso}000+00:00 i-0abc ${line}`)],
    ['docker compose', each(({ line }) => `vm-1  | ${line}`)],
    ['kubectl --prefix', each(({ line }) => `[pod/x-1/c] ${line}`)],
    ['CRI', each(({ line, iso }) => `${iso}000000Z stdout F ${line}`)],
    ['logcli', each(({ line, iso }) => `${iso}Z {job="kernel"} ${line}`)],
    ['gh run view --log', each(({ line, iso }) => `build\tRun vm\t${iso}0000Z ${line}`)],
    ['Zuul', each(({ line, iso }) => `${iso.replace('T', ' ')}000 | controller | ${line}`)],
    ['Docker Desktop', each(({ line, iso }) => `[${iso.slice(11)}][Moby           ][Info   ] ${line}`)],
    [
      'avocado',
      each(({ line, iso }) => `[${iso.replace('T', ' ').replace('.', ',')}] serial-console: ${line}`),
    ],
    ['a relay by address', each((message) => `${syslogDate(message)} 192.168.1.7 ${message.line}`)],
    ['pytest', each(({ line }) => `E       ${line}`)],
    ['a patch', `--- a/dmesg\n+++ b/dmesg\n@@ -0,0 +1,9 @@\n${each(({ line }) => `+${line}`)}`],
    [
      'netconsole with its release',
      each(
        ({ text, sec, usec }) => `6.12.117-lab,6,1,${sec}${String(usec).padStart(6, '0')},-;${text}`,
      ).replace(
        /,6,1,/g,
        (() => {
          let n = 0;
          return () => `,6,${n++},`;
        })(),
      ),
    ],
    ['talosctl', each(({ text, iso }) => `10.5.0.2: kern:    info: [${iso}Z]: ${text}`)],
    [
      'a CSV of Kibana',
      `"@timestamp",host,message\n${each(({ line, iso }) => `"${iso}Z",n,${/[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line}`)}`,
    ],
    [
      'a CSV of Splunk',
      `"_time","_raw","host"\n${each((message) => `"${message.iso}+0000","${syslogDate(message)} n kernel: ${message.line.replaceAll('"', '""')}","n"`)}`,
    ],
    ['log4j', each(({ line, iso }) => `[INFO ] ${iso.replace('T', ' ')} [console-1] ${line}`)],
    ['Robot Framework', each(({ line, iso }) => `20260314 ${iso.slice(11)} - INFO - ${line}`)],
    ['a list of Python', each(({ line }) => `'${line.replaceAll("'", "\\'")}',`)],
    ['an array of PHP', each(({ line }) => `"${line.replaceAll('"', '\\"')}",`)],
    [
      'XML',
      `<log>\n${each(({ line }) => `<line n="7">${line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</line>`)}</log>\n`,
    ],
  ])('%s', async (_by, text) => {
    expect(await factsOf(text)).toEqual(want);
  });
});

describe('newest first', () => {
  const dated = MESSAGES.map((message) => `${syslogDate(message)} n kernel: ${message.text}`);
  test.each<[string, string]>([
    ['journalctl -r', dated.toReversed().join('\n')],
    ['tac', LINES.toReversed().join('\n')],
    [
      'Loki',
      json({
        data: { result: [{ values: MESSAGES.toReversed().map(({ line, epoch }) => [`${epoch}000`, line]) }] },
      }),
    ],
  ])('%s', async (_by, text) => {
    expect(await factsOf(text)).toEqual(want);
  });

  test('boots stay apart, with their ids', async () => {
    const line = (second: number, text: string) =>
      `Mar 14 09:00:${String(second).padStart(2, '0')} n kernel: ${text}`;
    const [a, b] = ['a', 'b'].map((digit) => digit.repeat(32));
    const text = [
      line(44, 'new: Unknown symbol x (err -2)'),
      line(43, 'usb 1-1: new device'),
      line(42, 'random: crng init done'),
      line(41, 'Linux version 6.6.0 (a@b) (gcc) #1 SMP'),
      `-- Boot ${b} --`,
      line(13, 'mid: Unknown symbol x (err -2)'),
      line(12, 'usb 1-1: new device'),
      line(11, 'Linux version 6.1.0 (a@b) (gcc) #1 SMP'),
      `-- Boot ${a} --`,
      line(3, 'old: Unknown symbol x (err -2)'),
      line(1, 'Linux version 5.10.0 (a@b) (gcc) #1 SMP'),
    ].join('\n');
    const { boots, failures } = caseOf(await readBytes({ bytes: Buffer.from(text) })).model;
    const bootOf = (id: number) => boots[id - 1];
    expect(failures.map(({ boot, module }) => [module, bootOf(boot)?.kernel, bootOf(boot)?.label])).toEqual([
      ['old', '5.10.0', a],
      ['mid', '6.1.0', b],
      ['new', '6.6.0', null],
    ]);
  });
});

describe('each line twice', () => {
  const twice = (text: string): string => text.replace(/.*\n/g, (line) => line + line);

  test('as two consoles on one serial port print it', async () => {
    expect(await factsOf(twice(PLAIN))).toEqual(want);
  });

  test('also where the clock ticks with jiffies', async () => {
    const jiffies = PLAIN.replace(/^(\[ *\d+\.\d{3})\d{3}\]/gm, '$1000]');
    expect(await factsOf(twice(jiffies))).toEqual(await factsOf(jiffies));
  });

  test('but two messages of a second are two', async () => {
    const line = (second: number) => `Mar 14 09:26:0${second} n kernel: foo: Unknown symbol bar (err -2)\n`;
    const text = [1, 2, 3, 4].map(line).join('');
    expect(await factsOf(twice(text))).toMatchObject({ failures: ['unknown-symbol foo 2 load 8'] });
  });
});

describe('what is no log of the kernel', () => {
  test.each([
    [
      'a program of syslog that quotes one',
      'Mar 14 09:26:53 n collector: [   12.345678] foo: Unknown symbol bar (err -2)\n',
    ],
    ['a package.json', json({ name: 'kernel', version: '1.0.0', scripts: { log: 'dmesg' } })],
    ['a record of another program', json({ log: 'ready in [ 12.345678] ms', stream: 'stdout' })],
  ])('%s', async (_what, text) => {
    const { failures } = caseOf(await readBytes({ bytes: Buffer.from(text) })).model;
    expect(failures).toEqual([]);
  });
});
