// SPDX-License-Identifier: Apache-2.0
/** Writes trace.dat files of either version, byte order and word size, for what no recording at hand shows. */
import { deflateSync } from 'node:zlib';

export interface Shape {
  readonly version: 6 | 7;
  readonly littleEndian: boolean;
  readonly longSize: 4 | 8;
  readonly pageSize: number;
  /** Version 7 only. */
  readonly compression: 'none' | 'zlib';
}

export interface Contents {
  readonly headerPage?: string;
  /** Format files by system; `ftrace` is written apart. */
  readonly formats: Readonly<Record<string, readonly string[]>>;
  readonly kallsyms?: string;
  readonly comms?: string;
  readonly options?: readonly { id: number; data: Uint8Array }[];
  /** Pages of each CPU, one after the other, of each buffer; the first is the top one. */
  readonly buffers: readonly { name: string; clock?: string; cpus: readonly Uint8Array[] }[];
  /** Instead of pages: the text of a latency tracer. */
  readonly text?: string;
}

export const SHAPE: Shape = {
  version: 6,
  littleEndian: true,
  longSize: 8,
  pageSize: 4096,
  compression: 'none',
};

export class Out {
  readonly #parts: Uint8Array[] = [];
  length = 0;

  constructor(readonly littleEndian: boolean) {}

  raw(bytes: Uint8Array | string): this {
    const part = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    this.#parts.push(part);
    this.length += part.length;
    return this;
  }

  int(value: number | bigint, size: 1 | 2 | 4 | 8): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), this.littleEndian);
    return this.raw(this.littleEndian ? bytes.slice(0, size) : bytes.slice(8 - size));
  }

  sized(text: string | Uint8Array, size: 4 | 8): this {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    return this.int(bytes.length, size).raw(bytes);
  }

  align(to: number): this {
    return this.raw(new Uint8Array((to - (this.length % to)) % to));
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

function headerPage({ longSize, pageSize }: Shape): string {
  const data = 8 + longSize;
  return (
    '\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n' +
    `\tfield: local_t commit;\toffset:8;\tsize:${longSize};\tsigned:1;\n` +
    '\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n' +
    `\tfield: char data;\toffset:${data};\tsize:${pageSize - data};\tsigned:0;\n`
  );
}

function info(out: Out, shape: Shape, contents: Contents): Out {
  return out
    .raw('header_page\0')
    .sized(contents.headerPage ?? headerPage(shape), 8)
    .raw('header_event\0')
    .sized('# compressed entry header\n', 8);
}

function ftraceFormats(out: Out, contents: Contents): Out {
  const files = contents.formats.ftrace ?? [];
  out.int(files.length, 4);
  for (const file of files) out.sized(file, 8);
  return out;
}

function eventFormats(out: Out, contents: Contents): Out {
  const systems = Object.entries(contents.formats).filter(([system]) => system !== 'ftrace');
  out.int(systems.length, 4);
  for (const [system, files] of systems) {
    out.raw(`${system}\0`).int(files.length, 4);
    for (const file of files) out.sized(file, 8);
  }
  return out;
}

function head(out: Out, shape: Shape): Out {
  return out
    .raw(Buffer.from([0x17, 0x08, 0x44]))
    .raw(`tracing${shape.version}\0`)
    .int(shape.littleEndian ? 0 : 1, 1)
    .int(shape.longSize, 1)
    .int(shape.pageSize, 4);
}

export function build(shape: Shape, contents: Contents): Uint8Array {
  return shape.version === 6 ? version6(shape, contents) : version7(shape, contents);
}

function version6(shape: Shape, contents: Contents): Uint8Array {
  const out = head(new Out(shape.littleEndian), shape);
  info(out, shape, contents);
  eventFormats(ftraceFormats(out, contents), contents);
  out
    .sized(contents.kallsyms ?? '', 4)
    .sized('', 4)
    .sized(contents.comms ?? '', 8);
  const [top, ...instances] = contents.buffers;
  out.int(top?.cpus.length ?? 1, 4);
  // Instances are known by options that name where their data is: written twice, to find out where.
  const places = instances.map(() => 0);
  const write = (): Uint8Array => {
    const all = new Out(shape.littleEndian).raw(out.bytes()).raw('options  \0');
    for (const { id, data } of contents.options ?? []) all.int(id, 2).sized(data, 4);
    for (const [index, { name }] of instances.entries()) {
      const data = new Out(shape.littleEndian).int(places[index] ?? 0, 8).raw(`${name}\0`);
      all.int(3, 2).sized(data.bytes(), 4);
    }
    all.int(0, 2);
    if (contents.text !== undefined) return all.raw('latency  \0').raw(contents.text).bytes();
    for (const [index, buffer] of [top, ...instances].entries()) {
      if (index > 0) places[index - 1] = all.length;
      flyrecord(all, shape, buffer?.cpus ?? []);
    }
    return all.bytes();
  };
  write();
  return write();
}

function flyrecord(out: Out, { pageSize }: Shape, cpus: readonly Uint8Array[]): void {
  out.raw('flyrecord\0');
  let offset = Math.ceil((out.length + 16 * cpus.length) / pageSize) * pageSize;
  for (const pages of cpus) {
    out.int(offset, 8).int(pages.length, 8);
    offset += pages.length;
  }
  out.align(pageSize);
  for (const pages of cpus) out.raw(pages);
}

function version7(shape: Shape, contents: Contents): Uint8Array {
  const compress = shape.compression !== 'none';
  const start = head(new Out(shape.littleEndian), shape).raw(
    `${shape.compression}\0${compress ? '1.2.13' : ''}\0`,
  );
  const base = start.length + 8;
  const out = new Out(shape.littleEndian);
  const options: { id: number; data: Uint8Array }[] = [...(contents.options ?? [])];
  const block = (bytes: Uint8Array): Uint8Array => {
    const packed = deflateSync(bytes);
    return new Out(shape.littleEndian).int(packed.length, 4).int(bytes.length, 4).raw(packed).bytes();
  };
  const section = (id: number, contents: Uint8Array, packed = compress): number => {
    const body = packed ? block(contents) : contents;
    const at = base + out.length;
    out
      .int(id, 2)
      .int(packed ? 1 : 0, 2)
      .int(0, 4)
      .int(body.length, 8)
      .raw(body);
    return at;
  };
  const part = (write: (to: Out) => Out): Uint8Array => write(new Out(shape.littleEndian)).bytes();
  const named = (id: number, bytes: Uint8Array): void => {
    const at = section(id, bytes);
    options.push({ id, data: part((to) => to.int(at, 8)) });
  };
  named(
    16,
    part((to) => info(to, shape, contents)),
  );
  named(
    17,
    part((to) => ftraceFormats(to, contents)),
  );
  named(
    18,
    part((to) => eventFormats(to, contents)),
  );
  named(
    19,
    part((to) => to.sized(contents.kallsyms ?? '', 4)),
  );
  named(
    21,
    part((to) => to.sized(contents.comms ?? '', 8)),
  );
  const buffers: { id: number; data: Uint8Array }[] = [];
  if (contents.text !== undefined) {
    const at = section(22, Buffer.from(contents.text));
    buffers.push({ id: 22, data: part((to) => to.int(at, 8).raw('\0local\0')) });
  }
  for (const { name, clock, cpus } of contents.text === undefined ? contents.buffers : []) {
    const at = base + out.length;
    out
      .int(3, 2)
      .int(compress ? 1 : 0, 2)
      .int(0, 4)
      .int(0, 8);
    const option = new Out(shape.littleEndian).int(at, 8).raw(`${name}\0${clock ?? 'local'}\0`);
    option.int(shape.pageSize, 4).int(cpus.length, 4);
    for (const [cpu, pages] of cpus.entries()) {
      const place = base + out.length;
      const chunks: Uint8Array[] = [];
      for (let from = 0; from < pages.length; from += 2 * shape.pageSize) {
        chunks.push(block(pages.subarray(from, from + 2 * shape.pageSize)));
      }
      const size = compress ? chunks.reduce((sum, chunk) => sum + chunk.length, 0) : pages.length;
      option.int(cpu, 4).int(place, 8).int(size, 8);
      if (!compress) out.raw(pages);
      else if (pages.length > 0) out.int(chunks.length, 4).raw(Buffer.concat(chunks));
    }
    buffers.push({ id: 3, data: option.bytes() });
  }
  // Two options sections, the second one reached by the first one's DONE.
  const list = (entries: readonly { id: number; data: Uint8Array }[], next: number): Uint8Array =>
    part((to) => {
      for (const { id, data } of entries) to.int(id, 2).sized(data, 4);
      return to.int(0, 2).sized(
        part((done) => done.int(next, 8)),
        4,
      );
    });
  const second = section(0, list(buffers, 0), false);
  const first = section(0, list(options, second), false);
  return start.int(first, 8).raw(out.bytes()).bytes();
}

// ---- pages ------------------------------------------------------------------------------------------------

/** One ring-buffer page, entry by entry. */
export class Page {
  readonly #entries: Out;

  constructor(
    readonly shape: Shape,
    readonly start: bigint,
  ) {
    this.#entries = new Out(shape.littleEndian);
  }

  entry(type: number, delta: number): this {
    const word = this.shape.littleEndian ? delta * 32 + type : type * 2 ** 27 + delta;
    this.#entries.int(word, 4);
    return this;
  }

  /** A record: its length in the header's five bits, or (`long`) in a word of its own. */
  record(delta: number, data: Uint8Array, long = false): this {
    const padded = new Out(this.shape.littleEndian).raw(data).align(4).bytes();
    if (long || padded.length > 28 * 4) {
      this.entry(0, delta);
      this.#entries.int(data.length + 4, 4).raw(padded);
    } else {
      this.entry(padded.length / 4, delta);
      this.#entries.raw(padded);
    }
    return this;
  }

  timeExtend(delta: bigint): this {
    this.entry(30, Number(delta & 0x7ffffffn));
    this.#entries.int(delta >> 27n, 4);
    return this;
  }

  timeStamp(stamp: bigint): this {
    this.entry(31, Number(stamp & 0x7ffffffn));
    this.#entries.int((stamp >> 27n) & 0xffffffffn, 4);
    return this;
  }

  /** A record that was thrown away: `bytes` of it, behind the header. */
  discarded(delta: number, bytes: number): this {
    this.entry(29, delta);
    this.#entries.int(bytes, 4).raw(new Uint8Array(bytes - 4));
    return this;
  }

  bytes(missed: { stored?: number | bigint } | null = null): Uint8Array {
    const { littleEndian, longSize, pageSize } = this.shape;
    let commit = this.#entries.length;
    if (missed) commit += 2 ** 31 + (missed.stored === undefined ? 0 : 2 ** 30);
    const page = new Out(littleEndian).int(this.start, 8).int(commit, longSize).raw(this.#entries.bytes());
    if (missed?.stored !== undefined) page.int(missed.stored, longSize);
    return page.align(pageSize).bytes();
  }
}
