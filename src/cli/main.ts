#!/usr/bin/env node
import { systemCode, systemReason, UserError } from './errors.js';
/** The command as a process: streams, signals, and the exit code, which nothing else sets. */
import { ClosedPipeError, EXIT, type Io, type Output } from './io.js';
import { run } from './run.js';

function stdoutOutput(): Output {
  const stream = process.stdout;
  // Every write hears of its own error; without a listener the stream would throw it as well.
  stream.on('error', () => undefined);
  return {
    isTTY: stream.isTTY === true,
    columns: stream.isTTY === true ? stream.columns : null,
    write: (data) =>
      new Promise((resolve, reject) => {
        stream.write(data, (error) => {
          if (!error) resolve();
          else if (systemCode(error) === 'EPIPE') reject(new ClosedPipeError());
          else reject(new UserError(`cannot write to stdout: ${systemReason(error)}`));
        });
      }),
  };
}

const cleanups = new Set<() => void>();

function interrupted(): void {
  for (const cleanup of cleanups) cleanup();
  process.exit(EXIT.interrupted);
}

function stoppable<T>(work: () => T): T {
  // Without a listener SIGINT ends the process at once, which a shell reports as 130.
  process.off('SIGINT', interrupted);
  try {
    return work();
  } finally {
    process.on('SIGINT', interrupted);
  }
}

process.on('SIGINT', interrupted);
process.stderr.on('error', () => undefined);

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

process.exitCode = await run(process.argv.slice(2), io);
