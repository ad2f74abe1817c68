// SPDX-License-Identifier: Apache-2.0
/**
 * The lock against concurrent runs in one folder, which machines and containers may share: it names the process by host,
 * boot, pid namespace, pid and start time, and its holder touches it now and then. A holder that this process can look up
 * is gone when it is not there; of any other, the touches tell.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { systemCode } from '../model/system-error.js';
import { BatchError } from './case.js';
import { closeAnyway } from './close.js';

interface Holder {
  readonly host: string;
  readonly boot: string;
  readonly pids: string;
  readonly pid: number;
  readonly started: string;
  /** Tells two locks of one process apart. */
  readonly key: string;
}

const TOUCH_MS = 15_000;
/** How long this process waits for a sign of life of a holder that it cannot look up: one more quiet is gone, or hangs. */
const PATIENCE = { silentMs: 120_000, pollMs: 2000 };
/** For another that saw the same stale lock, to be done with it. */
const TAKEOVER_MS = 200;

const orEmpty = (read: () => string): string => {
  try {
    return read().trim();
  } catch {
    // No Linux, or no such process.
    return '';
  }
};

/** Field 22 of /proc/PID/stat: clock ticks after boot. The name before it may hold anything. */
const startOf = (pid: number): string =>
  orEmpty(() => readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\)/s, '').split(' ')[20] ?? '');

function self(): Holder {
  return {
    host: hostname(),
    boot: orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')),
    pids: orEmpty(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    started: startOf(process.pid),
    key: randomBytes(8).toString('hex'),
  };
}

/** Takes the lock of `out`; throws where another run holds it. `say` hears of one that was left behind. */
export async function takeLock(
  path: string,
  out: string,
  say: (line: string) => void,
  patience = PATIENCE,
): Promise<Lock> {
  const own = self();
  const text = JSON.stringify(own);
  let descriptor = create(path, text);
  if (descriptor === null) {
    await outlive(path, out, own, say, patience);
    rmSync(path, { force: true });
    descriptor = create(path, text);
    await wait(TAKEOVER_MS);
    if (descriptor === null || textOf(path) !== text) {
      throw new BatchError(`another run has just started in ${out}`);
    }
    say('took over the lock of a run that ended early');
  }
  return new Lock(path, text, descriptor);
}

const textOf = (path: string): string => orEmpty(() => readFileSync(path, 'utf8'));

/** Gives null where there is one. */
function create(path: string, text: string): number | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx');
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return null;
    throw error;
  }
  try {
    writeSync(descriptor, text, 0);
  } catch (error) {
    // A lock that does not say whose it is would be waited for.
    rmSync(path, { force: true });
    closeAnyway(descriptor);
    throw error;
  }
  return descriptor;
}

/** Returns once the holder is gone; throws where it lives. */
async function outlive(
  path: string,
  out: string,
  own: Holder,
  say: (line: string) => void,
  { silentMs, pollMs }: typeof PATIENCE,
): Promise<void> {
  const holder = holderOf(textOf(path));
  if (holder && holder.started !== '' && holder.boot === own.boot && holder.pids === own.pids) {
    if (startOf(holder.pid) !== holder.started) return;
    throw new BatchError(`process ${holder.pid} is running in ${out}`, ['wait for it to finish']);
  }
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  let silent = silence(path);
  if (silent < silentMs) {
    const left = Math.ceil((silentMs - silent) / 1000);
    say(`${who} holds ${path}: waiting at most ${left} s for a sign of life (or: rm ${path})`);
  }
  while (silent < silentMs) {
    await wait(pollMs);
    const before = silent;
    silent = silence(path);
    if (silent < before) throw new BatchError(`${who} is running in ${out}`, ['wait for it to finish']);
  }
}

function holderOf(text: string): Holder | null {
  try {
    const holder: Partial<Holder> = Object(JSON.parse(text));
    const { host, boot, pids, started, pid } = holder;
    const isWhole = [host, boot, pids, started].every((one) => typeof one === 'string');
    return isWhole && Number.isSafeInteger(pid) ? (holder as Holder) : null;
  } catch {
    return null;
  }
}

/** Milliseconds since the lock was touched, by the clock of its file system; infinite where it is gone. */
function silence(path: string): number {
  const probe = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(probe, '');
    // Opened and closed, so that a network file system asks its server.
    closeSync(openSync(path, 'r'));
    return statSync(probe).mtimeMs - statSync(path).mtimeMs;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return Number.POSITIVE_INFINITY;
    throw error;
  } finally {
    rmSync(probe, { force: true });
  }
}

export class Lock {
  readonly #path: string;
  readonly #text: string;
  readonly #descriptor: number;
  readonly #timer: NodeJS.Timeout;
  #isLost = false;
  #isReleased = false;

  constructor(path: string, text: string, descriptor: number) {
    this.#path = path;
    this.#text = text;
    this.#descriptor = descriptor;
    this.#timer = setInterval(() => this.#touch(), TOUCH_MS).unref();
  }

  get #isOurs(): boolean {
    return textOf(this.#path) === this.#text;
  }

  /** By its descriptor: the lock of another run is left alone. */
  #touch(): void {
    this.#isLost ||= !this.#isOurs;
    writeSync(this.#descriptor, this.#text, 0);
  }

  /** Throws where another run took the lock, as one may where this one hung for minutes. */
  check(): void {
    if (this.#isLost) throw new BatchError(`another run took ${this.#path}`, ['let that one finish']);
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    clearInterval(this.#timer);
    if (this.#isOurs) rmSync(this.#path);
    closeAnyway(this.#descriptor);
  }
}
