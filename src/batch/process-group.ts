// SPDX-License-Identifier: Apache-2.0
/**
 * The process group of a command that a worker runs, known to all threads: a worker that is ended cannot end its command,
 * and the end of the command alone would leave what that started.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Shared: the id of the group, or one of the states below. */
export type ProcessGroup = Int32Array<SharedArrayBuffer>;

const NONE = 0;
/** The id is not known yet. */
const STARTING = -1;
/** Nothing may start any more. */
const ENDED = -2;

/** A worker that is ended while it starts a command never tells the id. */
const MOST_WAIT_MS = 5000;

export const processGroup = (): ProcessGroup => new Int32Array(new SharedArrayBuffer(4));

export const isEnded = (group: ProcessGroup): boolean => Atomics.load(group, 0) === ENDED;

/** Of each group that this thread started: a shell that kills it when this process is gone, however that ended. */
const guards = new WeakMap<ProcessGroup, ChildProcess>();

/** Reads the id of the group, then waits for the end of its standard input, which this process holds open. */
const GUARD = 'read id || exit; read line; kill -s KILL -- "-$id"';
/** Tells the guard its id, which that of the command is then: this process may end before it knows it. */
const COMMAND = 'echo $$ >&3; exec 3>&-; exec "$@"';

/** Started before the command. */
function startGuard(group: ProcessGroup): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', GUARD], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.on('error', () => undefined);
  guard.stdin?.on('error', () => undefined);
  guard.unref();
  guards.set(group, guard);
  return guard;
}

/** Throws, as `spawn` does, where there is no such command, or it may not be run. */
function checkCommand(command: string): void {
  const folders = command.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  let failure: unknown = null;
  for (const folder of folders) {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Starts a command, with its output in pipes, as a group of its own; throws where it cannot, or the group was ended. */
export function startInGroup(group: ProcessGroup, command: string, argv: readonly string[]): ChildProcess {
  checkCommand(command);
  if (Atomics.compareExchange(group, 0, NONE, STARTING) !== NONE) throw new Error('interrupted');
  let id: number = NONE;
  try {
    const guard = startGuard(group);
    const child = spawn('/bin/sh', ['-c', COMMAND, 'sh', command, ...argv], {
      stdio: ['ignore', 'pipe', 'pipe', guard.stdin],
      detached: true,
    });
    id = child.pid ?? NONE;
    return child;
  } finally {
    Atomics.store(group, 0, id);
    Atomics.notify(group, 0);
  }
}

/** Kills what is left of a group; another may start. */
export function killGroup(group: ProcessGroup): void {
  // First: it must not meet another group of the same id.
  guards.get(group)?.kill('SIGKILL');
  kill(Atomics.load(group, 0));
  // Not where another thread ended it meanwhile.
  const id = Atomics.load(group, 0);
  if (id !== ENDED) Atomics.compareExchange(group, 0, id, NONE);
}

/** Kills the group for good, from any thread. */
export function endGroup(group: ProcessGroup): void {
  Atomics.wait(group, 0, STARTING, MOST_WAIT_MS);
  kill(Atomics.exchange(group, 0, ENDED));
}

function kill(id: number): void {
  if (id <= NONE) return;
  try {
    process.kill(-id, 'SIGKILL');
  } catch {
    // It is gone.
  }
}
