// SPDX-License-Identifier: Apache-2.0
/** Version 6: parts in a fixed order (trace-cmd.dat.v6(5)). */
import type { RandomAccess } from '../ingester.js';
import { Cursor, DamagedError } from './bytes.js';
import type { FileHead } from './head.js';
import { factsOf, OPTION, type Option, optionCursor, readOptions } from './options.js';
import {
  attempt,
  type CpuData,
  checkCpus,
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

/** Marks of the parts after the formats: options, per-CPU data, or text; 10 bytes each. */
const OPTIONS = 'options  ';
const FLYRECORD = 'flyrecord';
const LATENCY = 'latency  ';

export function readVersion6(
  source: RandomAccess,
  head: FileHead,
  damage: Damage,
  invalid: Invalid,
): Recording {
  const cursor = new Cursor(source, head.littleEndian, head.end);
  const formats: FormatFile[] = [];
  const headerPage = readHeaderInfo(cursor);
  readFtraceFormats(cursor, formats, invalid);
  readEventFormats(cursor, formats, invalid);
  const kallsyms = cursor.take(cursor.u32());
  cursor.take(cursor.u32()); // printk formats
  const comms = readComms(cursor, invalid);
  const options: Option[] = [];
  const buffers: TraceBuffer[] = [];
  const texts: TraceText[] = [];
  const regions = new Regions();

  const readBuffer = (name: string, offset: number, defaultCpus: number): void => {
    const end = regions.freeUntil(offset, source.size);
    if (end === offset) throw new DamagedError(`the buffer at ${offset} overlaps another part`);
    const place = new Cursor(source, head.littleEndian, offset, end);
    try {
      readParts(name, place, defaultCpus);
    } finally {
      regions.take(offset, regions.freeUntil(offset, place.offset) - offset);
    }
  };
  const readParts = (name: string, place: Cursor, defaultCpus: number): void => {
    const own: Option[] = [];
    let mark = place.string();
    if (mark === OPTIONS) {
      readOptions(place, false, (option) => own.push(option));
      mark = place.string();
    }
    const facts = factsOf(own, head.littleEndian);
    if (name === '') for (const option of own) options.push(option);
    if (mark === FLYRECORD) {
      const count = checkCpus(facts.cpus ?? defaultCpus);
      if (count === 0) throw new DamagedError('0 CPUs');
      const cpus = cpuPlaces(source, place, count, head.pageSize, regions, damage);
      buffers.push({ name, clock: facts.clock, cpus });
    } else if (mark === LATENCY) {
      texts.push({ name, start: place.offset, end: place.end, source });
      place.offset = place.end;
    } else {
      throw new DamagedError(`${JSON.stringify(mark)} instead of the start of trace data`);
    }
  };

  const cpus = cursor.u32();
  attempt(damage, () => readBuffer('', cursor.offset, cpus));
  for (const option of options.filter(({ id }) => id === OPTION.BUFFER)) {
    attempt(damage, () => {
      const place = optionCursor(option, head);
      const offset = place.size();
      readBuffer(place.string(), offset, cpus);
    });
  }
  const facts = factsOf(options, head.littleEndian);
  return { head, facts, headerPage, formats, kallsyms: () => kallsyms, comms, buffers, texts };
}

/** Offset and size of each CPU's pages. */
function cpuPlaces(
  source: RandomAccess,
  cursor: Cursor,
  count: number,
  pageSize: number,
  regions: Regions,
  damage: Damage,
): CpuData[] {
  const cpus: CpuData[] = [];
  for (let cpu = 0; cpu < count; cpu++) {
    const place = { offset: cursor.size(), size: cursor.size() };
    const isOwn = regions.take(place.offset, place.size);
    if (!isOwn) damage(`the data of CPU ${cpu} overlaps another CPU's`);
    cpus.push({ cpu, pages: isOwn ? plainPages(source, place, pageSize, damage) : () => [] });
  }
  return cpus;
}
