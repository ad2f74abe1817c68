// SPDX-License-Identifier: Apache-2.0
/** Writes the output files of a batch from the results of its cases, in the order of the plan. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemAdvice, systemReason } from '../model/system-error.js';
import type { Query } from '../query/head.js';
import { formatCsv } from '../report/csv.js';
import { formatNdjson } from '../report/json.js';
import { csvHeader } from './answers.js';
import { type BatchCase, BatchError, type CaseRow } from './case.js';
import { closeAnyway } from './close.js';
import { parseRows } from './csv.js';
import type { CaseResult } from './frame.js';
import { KeyMap, Texts } from './key-map.js';
import { makeFolder } from './make-folder.js';
import { partsOf, removeParts, replaceParts, writeParquet } from './parquet.js';
import { skippedRow } from './read-case.js';
import type { SqliteFile } from './sqlite-file.js';
import { type BatchTable, CASES, tableOf } from './tables.js';

export interface OutputOptions {
  readonly out: string;
  readonly queries: readonly Query[];
  readonly ndjson: boolean;
  /** Also as Parquet. */
  readonly parquet: boolean;
  readonly version: string;
  /** SQLite file to write; null for none. */
  readonly sqlite: string | null;
}

/** A case of the plan with its result; null where it was skipped. */
export interface Placed {
  readonly one: BatchCase;
  readonly result: CaseResult | null;
}

const BUFFER_BYTES = 256 * 1024;

/** The folder of a table's Parquet files until they are complete. */
const partsBefore = (out: string, { file }: BatchTable): string => join(out, `.${file}.parquet.tmp`);

const temporaryOf = (path: string): string => join(dirname(path), `.${basename(path)}.tmp`);

/** An output file being written, buffered, under a temporary name. */
class OutputFile {
  readonly path: string;
  readonly #descriptor: number;
  /** Copies: a part of a result would keep all results of its frame in memory. */
  readonly #held = Buffer.allocUnsafe(BUFFER_BYTES);
  #bytes = 0;
  #open = true;

  constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(temporaryOf(path), 'w');
  }

  write(bytes: Uint8Array): void {
    if (this.#bytes + bytes.length > BUFFER_BYTES) this.#flush();
    if (bytes.length > BUFFER_BYTES) this.#writeOut(bytes);
    else {
      this.#held.set(bytes, this.#bytes);
      this.#bytes += bytes.length;
    }
  }

  #flush(): void {
    this.#writeOut(this.#held.subarray(0, this.#bytes));
    this.#bytes = 0;
  }

  #writeOut(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
  }

  /** Flushes everything to disk, under the temporary name. */
  finish(): void {
    this.#flush();
    fsyncSync(this.#descriptor);
    this.close();
  }

  close(): void {
    if (!this.#open) return;
    // Whatever it says, it is not open after that.
    this.#open = false;
    closeSync(this.#descriptor);
  }

  /** Removes what is under the temporary name. */
  discard(): void {
    rmSync(temporaryOf(this.path), { force: true });
    if (this.#open) closeAnyway(this.#descriptor);
    this.#open = false;
  }
}

/** Writes all outputs, then renames them; on any failure the outputs of earlier runs stay as they were. */
export class Outputs {
  readonly #options: OutputOptions;
  readonly #tables: readonly BatchTable[];
  readonly #files = new Map<string, OutputFile>();
  #sqlite: SqliteFile | null = null;
  /** The place of the first case of each digest among the names. */
  readonly #byDigest = new KeyMap();
  readonly #names = new Texts();
  /** Cases with the contents of an earlier one. */
  repeated = 0;
  /** Where it writes: the folder, or the SQLite file, whose errors do not say so. */
  #place: string;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#place = options.out;
    this.#tables = [CASES, ...options.queries.map(tableOf)];
  }

  async writeAll(cases: AsyncIterable<Placed>): Promise<void> {
    try {
      await this.#open();
      for await (const { one, result } of cases) this.#add(one, result);
      await this.#finish();
    } catch (error) {
      this.discard();
      if (error instanceof BatchError) throw error;
      throw new BatchError(`cannot write to ${this.#place}: ${systemReason(error)}`, [
        ...systemAdvice(error),
        '--resume then writes the results; no case has to be read again',
      ]);
    }
  }

  /** Removes what is not complete; also when the run is interrupted. */
  discard(): void {
    this.#sqlite?.abandon();
    for (const file of this.#files.values()) file.discard();
    const { out, parquet, sqlite } = this.#options;
    if (sqlite !== null) rmSync(temporaryOf(sqlite), { force: true });
    if (!parquet) return;
    for (const table of this.#tables) rmSync(partsBefore(out, table), { recursive: true, force: true });
  }

  async #open(): Promise<void> {
    const { out, ndjson, sqlite } = this.#options;
    makeFolder(out);
    for (const table of this.#tables) {
      const csv = new OutputFile(join(out, `${table.file}.csv`));
      this.#files.set(`${table.file}.csv`, csv);
      csv.write(csvHeader(table.columns));
      if (ndjson) this.#files.set(`${table.file}.ndjson`, new OutputFile(join(out, `${table.file}.ndjson`)));
    }
    if (sqlite !== null) {
      // Only here: it starts an SQLite of its own.
      const { SqliteFile } = await import('./sqlite-file.js');
      this.#toSqlite(() => {
        this.#sqlite = new SqliteFile(temporaryOf(sqlite), this.#tables);
      });
    }
  }

  #toSqlite(work: () => void): void {
    this.#place = this.#options.sqlite ?? this.#options.out;
    work();
    this.#place = this.#options.out;
  }

  #add(one: BatchCase, result: CaseResult | null): void {
    this.#addRow(one, result ?? skippedRow(one));
    for (const { file, rows } of result?.parts ?? []) {
      this.#files.get(file)?.write(rows);
      const table = this.#sqlite ? this.#tables.find((candidate) => `${candidate.file}.csv` === file) : null;
      if (table) this.#toSqlite(() => this.#sqlite?.insert(table.name, parseRows(rows)));
    }
  }

  #addRow(one: BatchCase, { name, digest, status, boots, error }: CaseRow): void {
    const row = [
      ...[name, digest, status, BigInt(boots), error === '' ? null : error],
      ...[BigInt(one.inputs.length), one.why, this.#sameAs(name, digest)],
    ];
    const result = { columns: CASES.columns, rows: [row], empty: null };
    const csv = Buffer.from([...formatCsv(result)].join('')).subarray(csvHeader(CASES.columns).length);
    this.#files.get('cases.csv')?.write(csv);
    this.#files.get('cases.ndjson')?.write(Buffer.from([...formatNdjson(result)].join('')));
    this.#toSqlite(() => this.#sqlite?.insert(CASES.name, parseRows(csv)));
  }

  /** The first case with the same contents; null where this is the first. */
  #sameAs(name: string, digest: string | null): string | null {
    if (digest === null) return null;
    const key = Buffer.from(digest, 'hex');
    const first = this.#byDigest.get(key);
    if (first === undefined) {
      this.#byDigest.set(key, this.#names.add(name));
      return null;
    }
    this.repeated++;
    return this.#names.get(first);
  }

  async #finish(): Promise<void> {
    const { out, parquet, sqlite, version } = this.#options;
    this.#toSqlite(() => this.#sqlite?.finish());
    for (const file of this.#files.values()) file.finish();
    for (const table of parquet ? this.#tables : []) {
      const csv = temporaryOf(join(out, `${table.file}.csv`));
      await writeParquet(csv, table, partsBefore(out, table), version);
    }
    // run.json exists only while the set of files is complete.
    rmSync(join(out, 'run.json'), { force: true });
    for (const file of this.#files.values()) renameSync(temporaryOf(file.path), file.path);
    for (const table of parquet ? this.#tables : []) {
      replaceParts(partsBefore(out, table), join(out, table.file));
    }
    if (sqlite !== null) renameSync(temporaryOf(sqlite), sqlite);
  }
}

/** The outputs that exist in a folder, whatever the options that wrote them. */
export function existingOutputs(out: string, queries: Iterable<string>): string[] {
  const tables = ['cases', ...queries];
  const files = ['run.json', ...tables.flatMap((name) => [`${name}.csv`, `${name}.ndjson`])];
  const folders = tables.filter((name) => partsOf(join(out, name)).length > 0);
  return [...files.filter((name) => existsSync(join(out, name))), ...folders];
}

/** Paths of the output files in a folder, but for `run.json`. */
export function outputPaths(out: string, queries: Iterable<string>): string[] {
  return existingOutputs(out, queries).flatMap((name) => {
    if (name === 'run.json') return [];
    const path = join(out, name);
    return name.includes('.') ? path : partsOf(path).map((part) => join(path, part));
  });
}

/** Removes the outputs of earlier runs that this one did not write. */
export function removeStale(
  out: string,
  queries: Iterable<string>,
  written: { readonly queries: readonly string[]; readonly ndjson: boolean; readonly parquet: boolean },
): void {
  const tables = ['cases', ...written.queries];
  const kept = new Set([
    'run.json',
    ...tables.flatMap((name) => [
      `${name}.csv`,
      ...(written.ndjson ? [`${name}.ndjson`] : []),
      ...(written.parquet ? [name] : []),
    ]),
  ]);
  for (const name of existingOutputs(out, queries)) {
    if (kept.has(name)) continue;
    if (name.includes('.')) rmSync(join(out, name), { force: true });
    else removeParts(join(out, name));
  }
}
