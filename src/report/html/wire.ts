// SPDX-License-Identifier: Apache-2.0
/** What a page carries for its script: names of its data blocks, and the form of those that are not tables. */

/** Id of the block that holds a table, gzipped JSON of a PackedTable in base64. */
export const tableBlock = (table: string): string => `data-table-${table}`;
export const WASM_BLOCK = 'data-sqlite-wasm';
/** Script of the thread that runs SQL. */
export const WORKER_BLOCK = 'data-sql-worker';
export const PAGE_BLOCK = 'data-page';

/** Lines of evidence around the cited ones. */
export interface EvidenceRun {
  /** Number of the first line; negative for a record of a binary source: its number, with what was read of it. */
  readonly first: number;
  readonly lines: readonly string[];
}

export interface WireQuery {
  readonly name: string;
  readonly sql: string;
}

export interface PageData {
  /** Paths by source number. */
  readonly paths: Readonly<Record<string, string>>;
  /** Kept text by source number, in order of lines. */
  readonly evidence: Readonly<Record<string, readonly EvidenceRun[]>>;
  /** Why a source's text is not kept, by source number. */
  readonly textless: Readonly<Record<string, string>>;
  /** What a kept line is of a call, by source number and line. */
  readonly marks: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly queries: readonly WireQuery[];
  /** Tables omitted for their size, with their row counts. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** What a report in a frame tells the page around it when something is dragged over it. */
export const DRAGGED = 'modwaste-dragged';
