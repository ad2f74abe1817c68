// SPDX-License-Identifier: Apache-2.0
/** The data blocks of the page, unpacked when they are first wanted. */
import { type Cell, type PackedTable, unpackColumn } from '../columns.js';
import { PAGE_BLOCK, type PageData, tableBlock, WASM_BLOCK } from '../wire.js';

async function unpack(id: string): Promise<Response> {
  const text = document.getElementById(id)?.textContent ?? '';
  const binary = atob(text);
  const packed = new Uint8Array(binary.length);
  for (let at = 0; at < packed.length; at++) packed[at] = binary.charCodeAt(at);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream);
}

let page: Promise<PageData> | null = null;

export function pageData(): Promise<PageData> {
  page ??= unpack(PAGE_BLOCK).then((response) => response.json() as Promise<PageData>);
  return page;
}

export async function sqliteWasm(): Promise<ArrayBuffer> {
  return (await unpack(WASM_BLOCK)).arrayBuffer();
}

/** The columns of a table of the case, in the order of the schema. */
export async function tableColumns(name: string): Promise<{ rows: number; columns: (readonly Cell[])[] }> {
  const packed = (await (await unpack(tableBlock(name))).json()) as PackedTable;
  return { rows: packed.rows, columns: packed.columns.map(unpackColumn) };
}
