// SPDX-License-Identifier: Apache-2.0
/**
 * Answers the statements of the shell in a thread of its own, which Ctrl-C can end: SQLite cannot be interrupted while it
 * computes. A part is computed when the one before has been printed.
 */
import { parentPort, workerData } from 'node:worker_threads';
import initSqlJs from 'sql.js';
import { describeError, describeInternalError } from '../errors.js';
import { answer, type FromWorker, type Part, type ToWorker } from './answer.js';

const { Database } = await initSqlJs();
const db = new Database(workerData as Uint8Array);
db.run('PRAGMA query_only = ON');
let parts: Generator<Part> = empty();

function* empty(): Generator<Part> {}

function next(): FromWorker {
  try {
    const { value, done } = parts.next();
    return done ? 'done' : value;
  } catch (error) {
    return { error: describeError(error) ?? describeInternalError(error, false) };
  }
}

parentPort?.on('message', (message: ToWorker) => {
  if (message !== 'next') parts = answer(db, message.asked, message.looks);
  parentPort?.postMessage(next());
});
