// SPDX-License-Identifier: Apache-2.0
/** Messages between the page and its threads. */
import type { Part } from '../ingest/collector.js';
import type { Batch } from '../read-beside.js';
import type { ReportAssets } from '../report/html/report.js';

/** A file that was dropped or chosen; `path` has its folders. */
export interface Given {
  readonly path: string;
  readonly blob: Blob;
}

/** What was given at once. */
export type Drop = readonly Given[];

export type AppRequest =
  /** Answered at once, by a thread and by the frame around it. */
  | { readonly ask: 'alive' }
  | { readonly ask: 'start'; readonly core: CoreData }
  | { readonly ask: 'analyze'; readonly drops: readonly Drop[] }
  /** Both sides: the newest boot of each. */
  | { readonly ask: 'compare'; readonly before: readonly Drop[]; readonly after: readonly Drop[] }
  /** To a thread beside: decompress this file. */
  | { readonly ask: 'unpack'; readonly file: Blob }
  /** This many more bytes of what it unpacked were consumed. */
  | { readonly ask: 'more'; readonly bytes: number }
  /** To a thread beside: read these files. */
  | { readonly ask: 'read'; readonly batch: Batch }
  /** The rows of a canned query over the case that was analyzed last, as CSV. */
  | { readonly ask: 'query'; readonly name: string };

/** What a report carries, and what it is computed with. */
export interface CoreData extends ReportAssets {
  readonly version: string;
  readonly queries: readonly { readonly name: string; readonly sql: string }[];
}

export type AppReply =
  | { readonly is: 'progress'; readonly read: number; readonly total: number; readonly path: string }
  | { readonly is: 'working'; readonly on: string }
  | { readonly is: 'report'; readonly html: Blob }
  | { readonly is: 'difference'; readonly text: string }
  | { readonly is: 'rows'; readonly csv: string }
  | { readonly is: 'failed'; readonly why: string }
  | { readonly is: 'alive' }
  /** The thread ended by itself. */
  | { readonly is: 'ended'; readonly why: string };

/** What a thread that reads answers. */
export type ThreadReply =
  | { readonly is: 'parts'; readonly parts: readonly Part[] }
  | { readonly is: 'failed'; readonly why: string };
