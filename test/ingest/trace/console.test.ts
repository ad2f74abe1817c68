// SPDX-License-Identifier: Apache-2.0
/** The kernel's messages in a trace, whatever holds it: a text, a recording of trace-cmd, or JSON. */
import { expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';
import { build, Out, Page, SHAPE } from '../tracedat/build.js';

const MESSAGES = [
  [2_000_000_000n, 'foo: Unknown symbol bar (err -2)\n'],
  [3_000_000_000n, '[    3.000000] baz: disagrees about version of symbol module_layout\n'],
] as const;

const FORMAT = `name: console
ID: 500
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:__data_loc char[] msg;\toffset:8;\tsize:4;\tsigned:1;

print fmt: "%s", __get_str(msg)
`;

function recording(): Uint8Array {
  const pages = MESSAGES.map(([t, message]) => {
    const event = new Out(true).int(500, 2).int(0, 2).int(258, 4);
    event.int(12 + (message.length + 1) * 2 ** 16, 4).raw(`${message}\0`);
    return new Page(SHAPE, t).record(0, event.bytes()).bytes();
  });
  return build(SHAPE, {
    formats: { printk: [FORMAT], ftrace: [] },
    comms: '258 insmod\n',
    buffers: [{ name: '', clock: 'mono', cpus: pages }],
  });
}

const JSON_TEXT = JSON.stringify({
  traceEvents: MESSAGES.toReversed().map(([t, msg]) => ({
    ph: 'i',
    cat: 'printk',
    name: 'console',
    ts: Number(t / 1000n),
    pid: 258,
    tid: 258,
    args: { msg },
  })),
});

const TEXT = `# tracer: nop
#
${MESSAGES.map(([t, message]) => `          insmod-258     [000] ..... ${Number(t) / 1e9}.000000: console: ${message}`).join('')}`;

test.each([
  ['text', Buffer.from(TEXT)],
  ['trace.dat', recording()],
  ['JSON', Buffer.from(JSON_TEXT)],
])('%s', async (_form, bytes) => {
  const { model } = caseOf(await readBytes({ bytes }));
  expect(model.failures.map(({ module, reason, times, firstT }) => [module, reason, times, firstT])).toEqual([
    ['foo', 'unknown-symbol', 1, 2_000_000_000n],
    ['baz', 'symbol-version', 1, 3_000_000_000n],
  ]);
});
