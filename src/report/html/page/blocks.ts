// SPDX-License-Identifier: Apache-2.0
/** The data blocks of the page, unpacked when they are first wanted. */
import { type Cell, type PackedTable, unpackColumn } from '../columns.js';
import { PAGE_BLOCK, type PageData, tableBlock } from '../wire.js';
import { base64Bytes, gunzip } from './gunzip.js';

/** A block as it is carried: gzipped and in base64. */
export const blockText = (id: string): string => document.getElementById(id)?.textContent ?? '';

/** The gzipped bytes of a block. */
export const blockBytes = (id: string): ArrayBuffer => base64Bytes(blockText(id));

let page: Promise<PageData> | null = null;

export function pageData(): Promise<PageData> {
  page ??= gunzip(blockBytes(PAGE_BLOCK)).json() as Promise<PageData>;
  return page;
}

/** The columns of a table of the case, in the order of the schema. */
export async function tableColumns(name: string): Promise<{ rows: number; columns: (readonly Cell[])[] }> {
  const packed = (await gunzip(blockBytes(tableBlock(name))).json()) as PackedTable;
  return { rows: packed.rows, columns: packed.columns.map(unpackColumn) };
}
