// SPDX-License-Identifier: Apache-2.0
/** The data blocks of the page, unpacked when they are first wanted. */
import { type Cell, type PackedTable, unpackColumn } from '../columns.js';
import { PAGE_BLOCK, type PageData, tableBlock } from '../wire.js';
import { gunzip } from './gunzip.js';

/** A block as it is carried: gzipped. */
export function blockBytes(id: string): ArrayBuffer {
  const binary = atob(document.getElementById(id)?.textContent ?? '');
  const packed = new Uint8Array(binary.length);
  for (let at = 0; at < packed.length; at++) packed[at] = binary.charCodeAt(at);
  return packed.buffer;
}

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
