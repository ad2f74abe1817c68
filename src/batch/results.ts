// SPDX-License-Identifier: Apache-2.0
/**
 * Results of finished cases, one file each, so that a killed run loses only the cases in progress. A file is a checksum,
 * one line of JSON, then the compressed rows of all outputs. A file that is damaged counts as missing: its case is read
 * again.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { CaseRow } from './case.js';

/** What a case adds to one output file. */
export interface Part {
  /** Name of the output: `boots.csv`. */
  readonly file: string;
  readonly rows: Uint8Array;
}

export interface CaseResult extends CaseRow {
  /** Digest of what the result depends on besides the contents; a result with another fingerprint is not reused. */
  readonly fingerprint: string;
  readonly bytes: number;
  readonly parts: readonly Part[];
}

type Head = Omit<CaseResult, 'parts'> & {
  readonly parts: readonly { readonly file: string; readonly length: number }[];
};

const LF = 0x0a;
const CHECKSUM_BYTES = 32;

const checksum = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** Rows are repetitive: the lowest level compresses nearly as well as the highest. */
const GZIP = { level: 1 };

/** Key of a case's result: 64 bits of a digest, in hexadecimal. */
export function nameKey(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

export class Results {
  readonly #folder: string;
  /** Folders that exist. */
  readonly #made = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  #path(key: string): string {
    return join(this.#folder, key.slice(0, 2), `${key.slice(2)}.gz`);
  }

  /** Writes the result atomically. */
  write(result: CaseResult): void {
    const path = this.#path(nameKey(result.name));
    const packed = gzipSync(Buffer.concat(result.parts.map(({ rows }) => rows)), GZIP);
    const head: Head = {
      ...result,
      parts: result.parts.map(({ file, rows }) => ({ file, length: rows.length })),
    };
    this.#makeFolder(dirname(path));
    const contents = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), packed]);
    writeFileSync(`${path}.tmp`, Buffer.concat([checksum(contents), contents]));
    renameSync(`${path}.tmp`, path);
  }

  #makeFolder(path: string): void {
    if (this.#made.has(path)) return;
    mkdirSync(path, { recursive: true });
    this.#made.add(path);
  }

  /** The head of a result, without its rows; null where there is no complete result. */
  head(name: string): Omit<CaseResult, 'parts'> | null {
    return this.#open(name)?.head ?? null;
  }

  /** A complete result; null where there is none, or it is damaged. */
  read(name: string): CaseResult | null {
    const opened = this.#open(name);
    if (!opened) return null;
    let rows: Buffer;
    try {
      rows = gunzipSync(opened.packed);
    } catch {
      return null;
    }
    let at = 0;
    const parts = opened.head.parts.map(({ file, length }): Part => {
      at += length;
      return { file, rows: rows.subarray(at - length, at) };
    });
    return at === rows.length ? { ...opened.head, parts } : null;
  }

  #open(name: string): { head: Head; packed: Buffer } | null {
    try {
      const bytes = readFileSync(this.#path(nameKey(name)));
      const contents = bytes.subarray(CHECKSUM_BYTES);
      if (!checksum(contents).equals(bytes.subarray(0, CHECKSUM_BYTES))) return null;
      const end = contents.indexOf(LF);
      const head = JSON.parse(contents.toString('utf8', 0, end)) as Head;
      return head.name === name ? { head, packed: contents.subarray(end + 1) } : null;
    } catch {
      // Missing.
      return null;
    }
  }

  /** Removes the results of all other cases, and temporary files of killed runs. */
  sweep(isWanted: (key: string) => boolean): void {
    for (const start of readdirSync(this.#folder)) {
      if (!statSync(join(this.#folder, start)).isDirectory()) continue;
      for (const rest of readdirSync(join(this.#folder, start))) {
        const wanted = rest.endsWith('.gz') && isWanted(start + rest.slice(0, -'.gz'.length));
        if (!wanted) rmSync(join(this.#folder, start, rest), { force: true, recursive: true });
      }
    }
  }
}
