// SPDX-License-Identifier: Apache-2.0
/** Event format files (`events/SYSTEM/EVENT/format`): the offsets of a record's fields. */
import type { FormatFile } from './recording.js';

export interface Field {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
  /**
   * `data-loc`: 32 bits with the data's place in the record; `rel-loc`: the same, relative to the field's end;
   * `text`: a char array in place.
   */
  readonly form: 'number' | 'numbers' | 'text' | 'data-loc' | 'rel-loc';
  /** Bytes of one element of `numbers`. */
  readonly element: number;
}

export interface EventFormat {
  readonly system: string;
  readonly name: string;
  readonly id: number;
  readonly fields: readonly Field[];
  readonly printFmt: string;
}

// 	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
// 	field:__data_loc char[] name;	offset:16;	size:4;	signed:1;
// 	field:unsigned long args[6];	offset:16;	size:48;	signed:0;
const FIELD = /^\s*field(?: special)?:\s*(\S.*?);\s*offset:\s*(\d+);\s*size:\s*(\d+);(?:\s*signed:\s*(\d);)?/;
const DECLARATION = /^(.*?)\b(\w+)(?:\[(\w*)\])?$/;

/** The kernel allows probes 128 arguments. */
const MOST_FIELDS = 256;

/** Only name and id: formats of irrelevant events are not parsed. */
export function formatHead(file: FormatFile): { name: string; id: number } | null {
  const match = /^name:\s*(\S{1,128})\s+ID:\s*(\d{1,10})\b/.exec(file.text);
  return match?.[1] ? { name: match[1], id: Number(match[2]) } : null;
}

/** Null for what no kernel prints. */
export function parseFormat(file: FormatFile): EventFormat | null {
  const head = formatHead(file);
  if (!head) return null;
  const fields: Field[] = [];
  for (const line of file.text.split('\n')) {
    const field = parseField(line);
    if (field) fields.push(field);
    if (fields.length > MOST_FIELDS) return null;
  }
  const print = file.text.indexOf('print fmt:');
  const printFmt = print < 0 ? '' : file.text.slice(print + 'print fmt:'.length).trim();
  return { system: file.system, ...head, fields, printFmt };
}

function parseField(line: string): Field | null {
  const match = FIELD.exec(line);
  const declaration = DECLARATION.exec(match?.[1]?.trim() ?? '');
  if (!match || !declaration?.[2]) return null;
  const type = declaration[1] ?? '';
  const size = Number(match[3]);
  const place = { name: declaration[2], offset: Number(match[2]), size, signed: match[4] === '1' };
  if (type.startsWith('__data_loc ')) return { ...place, form: 'data-loc', element: size };
  if (type.startsWith('__rel_loc ')) return { ...place, form: 'rel-loc', element: size };
  if (declaration[3] === undefined) return { ...place, form: 'number', element: size };
  if (/\bchar\s*$/.test(type)) return { ...place, form: 'text', element: 1 };
  const count = Number(declaration[3]);
  const element = count > 0 ? Math.floor(size / count) : size;
  return { ...place, form: 'numbers', element };
}

/** The page header: place and size of `commit` (a long of the kernel), and the start of records (`events/header_page`). */
export interface PageLayout {
  readonly commitOffset: number;
  readonly commitSize: 4 | 8;
  readonly data: number;
}

export function parseHeaderPage(text: string | null, longSize: 4 | 8): PageLayout {
  const fields = (text ?? '').split('\n').map(parseField);
  const commit = fields.find((field) => field?.name === 'commit');
  const data = fields.find((field) => field?.name === 'data');
  const commitSize = commit?.size === 4 || commit?.size === 8 ? commit.size : longSize;
  const layout = { commitOffset: commit?.offset ?? 8, commitSize, data: data?.offset ?? 8 + commitSize };
  return layout.commitOffset + commitSize <= layout.data && layout.data <= 64
    ? layout
    : { commitOffset: 8, commitSize: longSize, data: 8 + longSize };
}
