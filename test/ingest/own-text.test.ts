// SPDX-License-Identifier: Apache-2.0
/** Events do not keep the text that they were read from in memory. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { OwnText } from '../../src/ingest/own-text.js';

const HEAD = '# tracer: nop\n#\n#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION\n';
const LONG = 'x'.repeat(60_000);
const RECORDS = 400;

/** An exec after each line of 60 KB, which is not a record: 24 MB for 400 events, and one for the head. */
function* lines(): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(HEAD);
  for (let i = 0; i < RECORDS; i++) {
    const pid = 1000 + i;
    const exec = `sched_process_exec: filename=/usr/lib/udev/tool-${i} pid=${pid} old_pid=${pid}`;
    yield encoder.encode(
      `  ${LONG} sched_process_exec\n             sed-${pid}    [002] .....   1.${pid}00: ${exec}\n`,
    );
  }
}

async function* given(): AsyncGenerator<Uint8Array> {
  yield* lines();
}

describe('texts of events', () => {
  it('are copies: the input does not stay in memory', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    const before = process.memoryUsage().heapUsed;
    const opened = await openCase({ inputs: [{ name: 'trace', bytes: given() }] });
    collect();
    const kept = process.memoryUsage().heapUsed - before;
    expect(opened.sources.map(({ events }) => events)).toEqual([RECORDS + 1]);
    expect(kept, 'bytes kept').toBeLessThan(12_000_000);
  });

  it('stay what they were, within objects and lists too, and equal ones are one', () => {
    const text = 'a name of more than thirteen characters';
    const event = { short: 'sed', name: text, fact: { names: [text, 'b'] }, none: null, t: 5n };
    new OwnText().own(event);
    expect(event).toEqual({ short: 'sed', name: text, fact: { names: [text, 'b'] }, none: null, t: 5n });
  });
});
