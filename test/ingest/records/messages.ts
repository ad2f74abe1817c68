// SPDX-License-Identifier: Apache-2.0
/** The messages of a kernel log, to be wrapped as log shippers, clouds and test runners do, and what a text says. */
import { readFileSync } from 'node:fs';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

export const PLAIN = readFileSync(new URL('../dmesg/fixtures/failures.plain.txt', import.meta.url), 'utf8');
export const LINES = PLAIN.split('\n').filter((line) => line !== '');
const STAMP = /^\[ *(\d+)\.(\d{6})\] /;

export interface Message {
  readonly line: string;
  /** The line without its timestamp, and the timestamp. */
  readonly text: string;
  readonly sec: number;
  readonly usec: number;
  /** When a shipper saw it: `2026-03-14T09:26:53.120`. */
  readonly iso: string;
  /** The same, as microseconds since 1970. */
  readonly epoch: bigint;
}

export const MESSAGES: readonly Message[] = LINES.map((line, index) => {
  const [stamp = '', sec = '0', usec = '0'] = STAMP.exec(line) ?? [];
  const epoch = 1_773_480_413_120_000n + 37_000n * BigInt(index);
  const iso = new Date(Number(epoch / 1000n)).toISOString().slice(0, 23);
  return { line, text: line.slice(stamp.length), sec: Number(sec), usec: Number(usec), iso, epoch };
});

export const json = JSON.stringify;
export const syslogDate = ({ iso }: Message): string => `Mar 14 ${iso.slice(11, 19)}`;
export const each = (line: (message: Message) => string): string =>
  MESSAGES.map((message) => `${line(message)}\n`).join('');

/** What the failures, problems and boots of a text are. */
export async function factsOf(text: string): Promise<object> {
  const { model, diagnostics } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
  return {
    failures: model.failures
      .map(({ reason, module, errno, phase, times }) => `${reason} ${module} ${errno} ${phase} ${times}`)
      .sort(),
    problems: model.problems.map(({ kind, module, times }) => `${kind} ${module} ${times}`).sort(),
    allocations: model.allocationFailures.map(({ what, bytes }) => `${what} ${bytes}`),
    boots: model.boots.map(({ kernel, verdict }) => `${kernel} ${verdict}`),
    // A shipper's log need not have its start.
    diagnostics: diagnostics.map(({ code }) => code).filter((code) => code !== 'log-time-unknown'),
  };
}
