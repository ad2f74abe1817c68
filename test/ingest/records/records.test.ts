// SPDX-License-Identifier: Apache-2.0
/** A kernel log says the same in the JSON of log shippers, clouds and databases. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';
import { each, factsOf, json, LINES, MESSAGES, PLAIN, syslogDate } from './messages.js';

const want = await factsOf(PLAIN);

test('the log itself has something to lose', () => {
  expect(want).toMatchObject({ boots: ['6.12.117-lab trouble'], diagnostics: [] });
  expect((want as { failures: string[] }).failures.length).toBeGreaterThan(8);
});

describe('JSON records', () => {
  test.each<[string, string]>([
    ['Docker', each(({ line, iso }) => json({ log: `${line}\n`, stream: 'stdout', time: `${iso}Z` }))],
    [
      'fluent-bit kmsg',
      each(({ text, sec, usec }) => json({ priority: 6, sequence: 1, sec, usec, msg: text })),
    ],
    ['fluentd, time and tag before', each(({ line, iso }) => `${iso}Z\tkernel\t${json({ message: line })}`)],
    [
      'Elastic',
      each(({ line, iso }) => json({ '@timestamp': `${iso}Z`, message: line, host: { hostname: 'n1' } })),
    ],
    [
      'Elastic, an answer',
      json({
        hits: {
          total: 9,
          hits: MESSAGES.map(({ line }, i) => ({ _id: `${i}`, _source: { message: line } })),
        },
      }),
    ],
    [
      'Loki',
      json({
        data: {
          result: [
            { stream: { job: 'k' }, values: MESSAGES.map(({ line, epoch }) => [`${epoch}000`, line]) },
          ],
        },
      }),
    ],
    ['logcli -o jsonl', each(({ line, iso }) => json({ labels: { job: 'k' }, line, timestamp: `${iso}Z` }))],
    [
      'EC2 console',
      json({ InstanceId: 'i-0abc', Output: `${LINES.join('\r\n')}\r\n`, Timestamp: '2026-03-14T09:26:53Z' }),
    ],
    [
      'EC2 console, indented',
      JSON.stringify({ InstanceId: 'i-0abc', Output: `${LINES.join('\r\n')}\r\n` }, null, 4),
    ],
    ['a string of jq', `${json(LINES.join('\n'))}\n`],
    [
      'Google serial port',
      JSON.stringify({ contents: LINES.join('\r\n'), kind: 'compute#serialPortOutput' }, null, 2),
    ],
    [
      'Google logging',
      JSON.stringify(
        MESSAGES.map(({ line, iso }) => ({ jsonPayload: { message: line }, timestamp: `${iso}Z` })),
        null,
        2,
      ),
    ],
    [
      'Google logging, text',
      JSON.stringify(
        MESSAGES.map(({ line }) => ({ textPayload: line })),
        null,
        2,
      ),
    ],
    [
      'CloudWatch',
      JSON.stringify(
        { events: MESSAGES.map(({ line, epoch }) => ({ timestamp: Number(epoch / 1000n), message: line })) },
        null,
        4,
      ),
    ],
    [
      'GELF',
      each(
        ({ line, epoch }) =>
          `{"version":"1.1","host":"n1","short_message":${json(line)},"timestamp":${epoch / 1_000_000n}.${String(epoch % 1_000_000n).padStart(6, '0')}}`,
      ),
    ],
    [
      'rsyslog',
      each(({ line, iso }) =>
        json({ timereported: `${iso}Z`, hostname: 'n', syslogtag: 'kernel:', msg: ` ${line}` }),
      ),
    ],
    [
      'syslog-ng',
      each((message) =>
        json({ PROGRAM: 'kernel', MESSAGE: message.line, HOST: 'n', DATE: syslogDate(message) }),
      ),
    ],
    [
      'Vector',
      each(({ text, sec, usec, iso }) =>
        json({
          SYSLOG_IDENTIFIER: 'kernel',
          __REALTIME_TIMESTAMP: '1',
          message: text,
          timestamp: `${iso}Z`,
          _SOURCE_MONOTONIC_TIMESTAMP: `${sec}${String(usec).padStart(6, '0')}`,
        }),
      ),
    ],
    [
      'Ansible',
      `PLAY [all] ****\n\nok: [n1] => {\n    "dmesg.stdout_lines": ${JSON.stringify(LINES, null, 8)}\n}\n`,
    ],
    [
      "Ansible, a task's answer",
      JSON.stringify({ changed: true, cmd: ['dmesg'], rc: 0, stdout: LINES.join('\n') }, null, 4),
    ],
  ])('%s', async (_by, text) => {
    expect(await factsOf(text)).toEqual(want);
  });

  test('a console of more than what detection reads, in one string', async () => {
    const usb = Array.from(
      { length: 3000 },
      (_, i) => `[  999.${String(i).padStart(6, '0')}] usb 1-1: new device number ${i}`,
    );
    expect(await factsOf(json({ Output: [...LINES, ...usb].join('\r\n') }))).toEqual(want);
  });

  test('messages without a timestamp have the time of the record, to the nanosecond', async () => {
    const text = [
      {
        time: '1773480413123456789',
        program: 'kernel',
        host: 'n1',
        message: 'Linux version 6.1.0 (a@b) (gcc) #1 SMP',
      },
      {
        time: '1773480414000000001',
        program: 'kernel',
        host: 'n1',
        message: 'foo: Unknown symbol bar (err -2)',
      },
    ]
      .map((one) => json(one))
      .join('\n');
    const { events } = await readBytes({ bytes: Buffer.from(text) });
    const found = [...events.values()].flat().filter(({ kind }) => kind === 'load-failure');
    expect(found).toMatchObject([{ module: 'foo', line: 2 }]);
  });

  test('hosts have logs of their own', async () => {
    const banner = (release: string) => `[    0.000000] Linux version ${release} (a@b) (gcc) #1 SMP`;
    const failed = (module: string) => `[    9.000000] ${module}: Unknown symbol bar (err -2)`;
    const text = [
      { host: 'n1', message: banner('6.1.0') },
      { host: 'n2', message: banner('6.6.0') },
      { host: 'n1', message: failed('foo') },
      { host: 'n2', message: failed('baz') },
    ]
      .map((one) => json(one))
      .join('\n');
    const { boots, failures } = caseOf(await readBytes({ bytes: Buffer.from(text) })).model;
    expect(boots.map(({ kernel }) => kernel).sort()).toEqual(['6.1.0', '6.6.0']);
    const kernelOf = (id: number) => boots[id - 1]?.kernel;
    expect(failures.map(({ boot, module }) => `${kernelOf(boot)} ${module}`).sort()).toEqual([
      '6.1.0 foo',
      '6.6.0 baz',
    ]);
  });

  test('damage loses the record that it is in, and is told', async () => {
    const records = MESSAGES.map(({ line }) => json({ log: line }));
    records.splice(5, 1, '{"log":"[    0.1');
    const { model, diagnostics } = caseOf(await readBytes({ bytes: Buffer.from(records.join('\n')) }));
    expect(diagnostics.map(({ code }) => code)).toContain('log-unreadable');
    expect(model.failures.map(({ module }) => module)).toContain('lab_needs');
  });

  test('a truncated document is read up to its end, and is told', async () => {
    const text = json(MESSAGES.map(({ line }) => ({ textPayload: line })));
    const { model, diagnostics } = caseOf(await readBytes({ bytes: Buffer.from(text.slice(0, -40)) }));
    expect(diagnostics.map(({ code }) => code)).toContain('archive-damaged');
    expect(model.failures.map(({ module }) => module)).toContain('lab_needs');
  });
});
