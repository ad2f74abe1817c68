// SPDX-License-Identifier: Apache-2.0
/** Version 7: sections in any order, found by a chain of options (trace-cmd.dat.v7(5)). */
import type { RandomAccess } from '../ingester.js';
import { Cursor, DamagedError, inMemory } from './bytes.js';
import { readBlock, unpack } from './compression.js';
import { checkPageSize, type FileHead } from './head.js';
import { factsOf, OPTION, type Option, optionCursor, readOptions } from './options.js';
import {
  attempt,
  type CpuData,
  checkCpus,
  chunkedPages,
  type Damage,
  type FormatFile,
  type Invalid,
  plainPages,
  type Recording,
  readComms,
  readEventFormats,
  readFtraceFormats,
  readHeaderInfo,
  type TraceBuffer,
  type TraceText,
} from './recording.js';
import { Regions } from './regions.js';

const COMPRESSED = 1;
const COUNT_BYTES = 4;

interface Section {
  readonly id: number;
  readonly compressed: boolean;
  /** Bytes that the file lacks of it. */
  readonly missing: number;
  /** After the section's header; not used for trace data. */
  readonly body: Cursor;
}

/** The same, of a section that is no part of another. */
function takeSection(source: RandomAccess, head: FileHead, offset: number, regions: Regions): Section {
  const section = openSection(source, head, offset);
  if (!regions.take(offset, section.body.end - offset))
    throw new DamagedError(`the section at ${offset} overlaps another`);
  return section;
}

/** The section's header: id, flags, description, size. */
function openSection(source: RandomAccess, head: FileHead, offset: number): Section {
  const header = new Cursor(source, head.littleEndian, offset);
  const id = header.u16();
  const compressed = (header.u16() & COMPRESSED) !== 0;
  header.u32();
  const size = header.size();
  const end = Math.min(source.size, header.offset + size);
  const missing = header.offset + size - end;
  return { id, compressed, missing, body: new Cursor(source, head.littleEndian, header.offset, end) };
}

/** A cursor over the section's contents, decompressed if needed. */
function contents(section: Section, head: FileHead): Cursor {
  if (!section.compressed) return section.body;
  return new Cursor(inMemory(unpack(readBlock(section.body), head.compression, 'text')), head.littleEndian);
}

export function readVersion7(
  source: RandomAccess,
  head: FileHead,
  damage: Damage,
  invalid: Invalid,
): Recording {
  const regions = new Regions();
  const options = readChain(source, head, regions, damage);
  const formats: FormatFile[] = [];
  const buffers: TraceBuffer[] = [];
  const texts: TraceText[] = [];
  let headerPage: string | null = null;
  let comms = new Map<number, string>();
  let kallsyms: () => Uint8Array = () => new Uint8Array();

  const readOption = (option: Option): void => {
    const cursor = optionCursor(option, head);
    const section = (): Cursor => contents(takeSection(source, head, cursor.size(), regions), head);
    switch (option.id) {
      case OPTION.HEADER_INFO:
        headerPage = readHeaderInfo(section());
        break;
      case OPTION.FTRACE_EVENTS:
        readFtraceFormats(section(), formats, invalid);
        break;
      case OPTION.EVENT_FORMATS:
        readEventFormats(section(), formats, invalid);
        break;
      case OPTION.CMDLINES:
        comms = readComms(section(), invalid);
        break;
      case OPTION.KALLSYMS: {
        const packed = takeSection(source, head, cursor.size(), regions);
        kallsyms = () => {
          let symbols: Uint8Array = new Uint8Array();
          attempt(damage, () => {
            const cursor = contents(packed, head);
            symbols = cursor.take(cursor.u32());
          });
          return symbols;
        };
        break;
      }
      case OPTION.BUFFER:
        buffers.push(readBuffer(source, head, cursor, regions, damage));
        break;
      case OPTION.BUFFER_TEXT:
        texts.push(readText(source, head, cursor, regions, damage));
        break;
    }
  };
  for (const option of options) {
    attempt(damage, () => readOption(option));
  }
  const facts = factsOf(options, head.littleEndian);
  return { head, facts, headerPage, formats, kallsyms, comms, buffers, texts };
}

/** All options of the file. */
function readChain(source: RandomAccess, head: FileHead, regions: Regions, damage: Damage): Option[] {
  const options: Option[] = [];
  let next = head.options;
  attempt(damage, () => {
    while (next !== 0) {
      const section = takeSection(source, head, next, regions);
      if (section.id !== OPTION.DONE) throw new DamagedError(`no options section at ${next}`);
      next = 0;
      readOptions(contents(section, head), true, (option) => {
        if (option.id === OPTION.DONE) next = optionCursor(option, head).size();
        else options.push(option);
      });
    }
  });
  return options;
}

/** The BUFFER option: section, name, clock, page size, and per CPU its id, offset and size. */
function readBuffer(
  source: RandomAccess,
  head: FileHead,
  option: Cursor,
  regions: Regions,
  damage: Damage,
): TraceBuffer {
  const { compressed } = openSection(source, head, option.size());
  const name = option.string();
  const clock = option.string() || null;
  // The first writers of version 7 omitted the page size: then only the count and 20 bytes per CPU are left.
  const pageSize = (option.left - 4) % 20 === 0 ? head.pageSize : checkPageSize(option.u32());
  const cpus: CpuData[] = [];
  for (let count = checkCpus(option.u32()); count > 0; count--) {
    const cpu = option.u32();
    const place = { offset: option.size(), size: option.size() };
    // The size of compressed data excludes the chunk count.
    const end = Math.min(source.size, place.offset + COUNT_BYTES + place.size);
    const chunks = (): Cursor => new Cursor(source, head.littleEndian, place.offset, end);
    const pages = compressed
      ? chunkedPages(chunks, head.compression, pageSize, damage)
      : plainPages(source, place, pageSize, damage);
    const isOwn = regions.take(place.offset, place.size);
    if (!isOwn) damage(`the data of CPU ${cpu} overlaps another CPU's`);
    cpus.push({ cpu, pages: place.size === 0 || !isOwn ? () => [] : pages });
  }
  return { name, clock, cpus };
}

function readText(
  source: RandomAccess,
  head: FileHead,
  option: Cursor,
  regions: Regions,
  damage: Damage,
): TraceText {
  const section = takeSection(source, head, option.size(), regions);
  if (section.missing > 0) damage(`the text of a trace is truncated: ${section.missing} bytes are missing`);
  const text = contents(section, head);
  return { name: option.string(), source: text.source, start: text.offset, end: text.end };
}
