// SPDX-License-Identifier: Apache-2.0
/**
 * What a look at files told, kept for the next run, which does not look again at files that did not change: `CRC KEY JSON`
 * a line. Each run writes the lines that it used; one that was killed leaves them beside those of the run before.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { crc32 } from 'node:zlib';
import { piecesOf, readBytes } from './file-bytes.js';
import { KeyMap, nameDigest } from './key-map.js';
import { stampOf } from './stamp.js';

/** Asks for what `look` tells of files, as JSON; `what` says what is asked. */
export type Remember = <T>(what: string, paths: readonly string[], look: () => Promise<T>) => Promise<T>;

/** Looks each time. */
export const forgetful: Remember = (_what, _paths, look) => look();

/** Where a KeyMap ends. */
const MOST_BYTES = 2 ** 32 - 2;
const BLOCK_BYTES = 64 * 1024;
/** Of a digest, as many bytes as a KeyMap reads. */
const KEY_BYTES = 18;
const LINE = /^([0-9a-f]{8}) (\S{24}) (.+)$/;

const checked = (text: string): string => crc32(text).toString(16).padStart(8, '0');

export class Looks {
  readonly #path: string;
  readonly #version: string;
  readonly #known = new KeyMap();
  readonly #before: number | null;
  readonly #now: number;
  #block: { readonly at: number; readonly bytes: Buffer } = { at: 0, bytes: Buffer.alloc(0) };
  #held = '';

  /** Reads what the last run kept, unless all files are to be looked at. Of another version, nothing is used. */
  constructor(path: string, version: string, { isFresh = false } = {}) {
    this.#path = path;
    this.#version = version;
    if (isFresh) for (const old of [path, this.#temporary]) rmSync(old, { force: true });
    if (existsSync(this.#temporary)) this.#adopt();
    this.#before = existsSync(path) ? openSync(path, 'r') : null;
    if (this.#before !== null) this.#index(this.#before);
    this.#now = openSync(this.#temporary, 'w');
  }

  get #temporary(): string {
    return `${this.#path}.tmp`;
  }

  /** Adds what a run that was killed wrote. */
  #adopt(): void {
    for (const bytes of piecesOf(this.#temporary)) appendFileSync(this.#path, bytes);
    appendFileSync(this.#path, '\n');
    rmSync(this.#temporary);
  }

  #index(file: number): void {
    const { size } = fstatSync(file);
    for (let at = 0; at < Math.min(size, MOST_BYTES); ) {
      const bytes = readBytes(file, at, BLOCK_BYTES);
      let start = 0;
      for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
        const [, crc, key, json] = LINE.exec(bytes.toString('latin1', start, end)) ?? [];
        if (key !== undefined && crc === checked(`${key} ${json}`))
          this.#known.set(Buffer.from(key, 'base64'), at + start);
        start = end + 1;
      }
      // A line as long as that was not written here.
      at += start || bytes.length;
    }
  }

  readonly remember: Remember = async <T>(
    what: string,
    paths: readonly string[],
    look: () => Promise<T>,
  ): Promise<T> => {
    const stamp = stampOf(paths);
    if (stamp === null) return look();
    const key = nameDigest([this.#version, what, stamp, ...paths].join('\0')).toString(
      'base64',
      0,
      KEY_BYTES,
    );
    const known = this.#read(key);
    const json = known ?? JSON.stringify(await look());
    this.#write(`${key} ${json}`);
    return JSON.parse(json) as T;
  };

  #read(key: string): string | null {
    const at = this.#known.get(Buffer.from(key, 'base64'));
    if (at === undefined || this.#before === null) return null;
    let line = this.#lineAt(at);
    if (line === null) {
      this.#block = { at, bytes: readBytes(this.#before, at, BLOCK_BYTES) };
      line = this.#lineAt(at);
    }
    const [, , found, json] = LINE.exec(line ?? '') ?? [];
    return found === key && json !== undefined ? json : null;
  }

  /** The line there; null where it does not end in the block at hand. */
  #lineAt(at: number): string | null {
    const { at: first, bytes } = this.#block;
    const start = at - first;
    const end = start < 0 || start >= bytes.length ? -1 : bytes.indexOf(0x0a, start);
    return end < 0 ? null : bytes.toString('latin1', start, end);
  }

  #write(text: string): void {
    const line = `${checked(text)} ${text}\n`;
    if (line.length > BLOCK_BYTES) return;
    this.#held += line;
    if (this.#held.length >= BLOCK_BYTES) this.#flush();
  }

  #flush(): void {
    writeSync(this.#now, this.#held);
    this.#held = '';
  }

  /** Keeps what this run used, in place of what was kept before. */
  finish(): void {
    this.#flush();
    closeSync(this.#now);
    if (this.#before !== null) closeSync(this.#before);
    renameSync(this.#temporary, this.#path);
  }
}
