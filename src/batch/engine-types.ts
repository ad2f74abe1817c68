// SPDX-License-Identifier: Apache-2.0
/** What the engines that answer questions about batches have in common. */
import type { Query } from '../query/head.js';
import type { Result } from '../query/result.js';
import type { TableFiles } from './folders.js';
import type { BatchTable } from './tables.js';

export const ENGINES = ['auto', 'duckdb', 'sqlite'] as const;
export type EngineName = (typeof ENGINES)[number];

export interface EngineOptions {
  readonly engine: EngineName;
  /** Bytes that DuckDB may hold in memory; null for its default here. */
  readonly memory: number | null;
  /** Threads of DuckDB; null for one for each CPU. */
  readonly threads: number | null;
}

/** Answers questions about the batches that it was opened with. */
export interface BatchEngine extends Answers {
  readonly folders: readonly string[];
}

export interface Answers {
  readonly name: Exclude<EngineName, 'auto'>;
  /** True where the same name of a case is in several folders, so that each has its folder's name before it. */
  readonly areNamed: boolean;
  answer(query: Query, given: ReadonlyMap<string, string>): Promise<Result>;
  /** SQL of the user's: one statement, which reads. */
  answerOwn(sql: string, given: ReadonlyMap<string, string>): Promise<Result>;
  close(): void;
  /** Removes its temporary files, when the process ends before it is closed. */
  abandon(): void;
}

/** A table that a question names, with the folders that have it. */
export interface OpenedTable {
  readonly table: BatchTable;
  readonly files: readonly TableFiles[];
}
