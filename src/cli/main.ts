#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** The process: streams, signals and the exit code, which only this file sets. */
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { systemCode } from '../model/system-error.js';
import { systemFailure } from './errors.js';
import { ClosedPipeError, type Io, type Output } from './io.js';
import { run } from './run.js';
import { exitCodeOf, needsSupervision, SIGNALS, supervise } from './supervise.js';

function stdoutOutput(): Output {
  const stream = process.stdout;
  // Each write gets its own error; without a listener the stream would throw it as well.
  stream.on('error', () => undefined);
  return {
    isTTY: stream.isTTY === true,
    columns: stream.isTTY === true ? stream.columns : null,
    write: (data) =>
      new Promise((resolve, reject) => {
        stream.write(data, (error) => {
          if (!error) resolve();
          else if (systemCode(error) === 'EPIPE') reject(new ClosedPipeError());
          else reject(systemFailure('cannot write to stdout', error));
        });
      }),
  };
}

const interrupted = (signal: NodeJS.Signals): void => {
  for (const cleanup of cleanups) cleanup();
  process.exit(exitCodeOf(signal));
};

/**
 * Listens for signals while there is something to clean up. Without a listener a signal ends the process at once, also
 * one that computes; a shell reports 128 plus its number.
 */
class Cleanups extends Set<() => void> {
  override add(cleanup: () => void): this {
    super.add(cleanup);
    this.listen();
    return this;
  }

  override delete(cleanup: () => void): boolean {
    const had = super.delete(cleanup);
    this.listen();
    return had;
  }

  /** Listens once, or not at all. */
  listen(isWanted = this.size > 0): void {
    for (const signal of SIGNALS) {
      process.off(signal, interrupted);
      if (isWanted) process.on(signal, interrupted);
    }
  }
}

const cleanups = new Cleanups();

function stoppable<T>(work: () => T): T {
  cleanups.listen(false);
  try {
    return work();
  } finally {
    cleanups.listen();
  }
}

process.stderr.on('error', () => undefined);

/**
 * V8 optimises a function once about this many bytes of its bytecode have run, by default 67,584. Most of this code never
 * runs for long: to optimise it took a fifth of the CPU time of a batch of 150 logs. From 12 on (Node 22), V8 has no such
 * flag, and would say so on stderr.
 */
if (Number.parseInt(process.versions.v8, 10) < 12) setFlagsFromString('--interrupt-budget=1000000');

const io: Io = {
  stdout: stdoutOutput(),
  stderr: {
    isTTY: process.stderr.isTTY === true,
    columns: process.stderr.isTTY === true ? process.stderr.columns : null,
    write: (text) => process.stderr.write(text),
  },
  env: process.env,
  cleanups,
  stoppable,
};

const argv = process.argv.slice(2);
if (needsSupervision(argv, process.env)) {
  process.exitCode = await supervise(argv, fileURLToPath(import.meta.url));
} else {
  // All output is written. A pipe that never gave anything must not keep the process.
  process.exit(await run(argv, io));
}
