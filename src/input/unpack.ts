// SPDX-License-Identifier: Apache-2.0
/** Unpacks a stream layer by layer: decompresses, opens archives, and yields the leaves. */
import type { DiagnosticCode } from '../model/diagnostic.js';
import { errorMessage } from '../model/error-message.js';
import { type Layout, NO_PLACES } from '../model/layout.js';
import type { SourceKind } from '../model/source.js';
import { memberLabel } from '../model/source-label.js';
import type { ArchiveInput, FileMember, ReadArchive } from './archive/member.js';
import { readZip } from './archive/zip.js';
import { ByteReader } from './bytes.js';
import type { Found, Leaf, PlainFile, Problem, Report, SourceNode } from './found.js';
import { LayoutFilter } from './layout-filter.js';
import { Budget, SMALL_PART_BYTES } from './limits.js';
import { archiveOf, compressionOf, isText, MAGIC_BYTES, unsupportedKind, ZstdEffort } from './magic.js';
import type { InputOptions } from './options.js';
import { Tally } from './tally.js';

/** Bytes to unpack, with their node. */
export interface Stream {
  readonly node: SourceNode;
  readonly bytes: (report: Report) => AsyncIterable<Uint8Array>;
  readonly size: number | null;
  /** Set for a plain file. */
  readonly file: PlainFile | null;
  /** Compressed bytes consumed so far, if the archive compresses its members itself. */
  readonly taken?: (() => number) | null;
  /** For a part of a text: says that it is left out by this limit. */
  readonly leaveOut?: (limit: string) => void;
}

/** Reports an error thrown while reading; it ends this stream, not the run. */
async function* reportErrors<T>(items: AsyncIterable<T>, report: Report): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    report('archive-damaged', `reading failed: ${errorMessage(error)}`);
  }
}

/** Collects problems reported while a stream is read, until the generator can yield them. */
class Faults {
  readonly #unpacker: Unpacker;
  readonly #node: SourceNode;
  readonly #pending: Problem[] = [];
  /** A limit ended the stream: that it is then incomplete is not damage. */
  #stopped = false;

  constructor(unpacker: Unpacker, node: SourceNode) {
    this.#unpacker = unpacker;
    this.#node = node;
  }

  readonly report: Report = (code, detail) => {
    if (this.#stopped && code === 'archive-damaged') return;
    if (code === 'input-limit') this.#stopped = true;
    this.#pending.push(this.#unpacker.problem(this.#node, code, detail, this.#node.path));
  };

  drain(): Problem[] {
    return this.#pending.splice(0);
  }
}

async function isSmall(part: ByteReader): Promise<boolean> {
  return (await part.peek(SMALL_PART_BYTES)).length < SMALL_PART_BYTES;
}

const NOTHING = (): number => 0;

export class Unpacker {
  readonly #budget: Budget;
  readonly #effort = new ZstdEffort();
  readonly #nextId: () => number;
  readonly layouts: readonly Layout[];
  readonly endless: RegExp;
  #lastId = 0;
  /** Bytes of inputs, as stored, that were decoded: of those done, and of the one that is being read. */
  #doneBytes = 0;
  #taken = NOTHING;
  /**
   * The depth of members that count as bytes of the input by themselves: those of a zip, which may be read from all over
   * it. Null where all are read in order.
   */
  #scattered: number | null = null;

  constructor(options: InputOptions) {
    this.#budget = new Budget(options.limits);
    this.#nextId = options.nextId ?? (() => ++this.#lastId);
    const { layouts, endless } = options.places ?? NO_PLACES;
    this.layouts = options.allMembers ? [] : layouts;
    this.endless = endless;
  }

  node(parent: number | null, path: string, kind: SourceKind): SourceNode {
    return { id: this.#nextId(), parent, path, kind };
  }

  problem(node: SourceNode | null, code: DiagnosticCode, detail: string, path: string, count = 1): Problem {
    return { found: 'problem', node, code, detail, path, count };
  }

  /** Yields what the stream holds: one leaf, or a container and everything in it. */
  async *read(stream: Stream, depth = 0): AsyncGenerator<Found> {
    const faults = new Faults(this, stream.node);
    let bytes = reportErrors(stream.bytes(faults.report), faults.report);
    if (stream.file) this.#budget.addInput(stream.file.size);
    else if (depth === 0) bytes = this.#counted(bytes);
    if (stream.taken) bytes = this.#budget.unpacked(bytes, stream.taken, faults.report);
    const reader = new ByteReader(bytes);
    const isPart = depth === this.#scattered;
    const taken = this.#taken;
    if (depth === 0) this.#taken = () => reader.taken;
    else {
      const pulled = (isPart && stream.taken) || taken;
      this.#taken = () => Math.max(0, pulled() - reader.ahead);
    }
    try {
      if (stream.leaveOut && (await isSmall(reader)) && !this.#budget.takeSmallPart())
        stream.leaveOut(this.#budget.describeSmallParts());
      else yield* this.#layer(stream, reader, depth, false, faults);
      for (const problem of faults.drain()) yield problem;
    } finally {
      if (depth === 0 || isPart) this.#doneBytes += this.#taken();
      this.#taken = depth === 0 || isPart ? NOTHING : taken;
      await reader.close();
    }
  }

  /** Counts an input of unknown size while it is read. */
  async *#counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      this.#budget.addInput(chunk.length);
      yield chunk;
    }
  }

  async *#layer(
    stream: Stream,
    reader: ByteReader,
    depth: number,
    compressed: boolean,
    faults: Faults,
  ): AsyncGenerator<Found> {
    const head = await reader.peek(MAGIC_BYTES);
    const unpack = compressionOf(head);
    const readArchive = unpack ? null : archiveOf(head);
    const unsupported = unsupportedKind(head);
    if (unsupported) faults.report('archive-unsupported', `${unsupported} are not supported`);
    else if ((unpack || readArchive) && depth >= this.#budget.limits.depth) {
      faults.report('input-limit', this.#budget.describe('depth', 'nested archive layers'));
    } else if (unpack) {
      const before = reader.taken;
      const beside = compressed ? null : (stream.file?.unpackBeside() ?? null);
      const bytes = this.#budget.unpacked(
        reportErrors(
          beside ? beside.bytes(faults.report) : unpack(reader, faults.report, this.#effort),
          faults.report,
        ),
        beside ? () => beside.taken : () => reader.taken - before,
        faults.report,
      );
      const inner = new ByteReader(bytes);
      if (beside) this.#taken = () => beside.taken;
      try {
        yield* this.#layer(stream, inner, depth + 1, true, faults);
      } finally {
        await inner.close();
      }
    } else if (readArchive) {
      yield* this.#archive(readArchive, stream, reader, depth + 1, compressed, faults);
    } else {
      yield { found: 'leaf', leaf: this.#leaf(stream, reader, compressed, faults) };
    }
  }

  #leaf(stream: Stream, reader: ByteReader, compressed: boolean, faults: Faults): Leaf {
    const { node, file } = stream;
    const plain = file !== null && !compressed;
    if (plain) this.#taken = () => file.size;
    const most = plain ? Number.POSITIVE_INFINITY : this.#budget.limits.memberBytes;
    let opened = false;
    return {
      node,
      size: compressed ? null : stream.size,
      open: () => {
        if (opened) throw new Error(`${node.path} was already opened`);
        opened = true;
        return plain ? reader.rest() : this.#budget.member(reader.rest(), faults.report);
      },
      atHand: () => reader.takeAll(most),
      inputBytes: () => this.#doneBytes + this.#taken(),
      skip: () => reader.close(),
      ...(plain ? { random: () => file.random(), feed: () => file.feed(faults.report) } : {}),
    };
  }

  async *#archive(
    readArchive: ReadArchive,
    stream: Stream,
    bytes: ByteReader,
    depth: number,
    compressed: boolean,
    faults: Faults,
  ): AsyncGenerator<Found> {
    const node: SourceNode = { ...stream.node, kind: 'archive' };
    yield { found: 'container', node };
    const filter = new LayoutFilter(this.layouts);
    const tally = new Tally();
    const input: ArchiveInput = {
      bytes,
      random: compressed ? null : (stream.file?.random() ?? null),
      bufferBytes: this.#budget.limits.bufferBytes,
      effort: this.#effort,
    };
    if (depth === 1 && !compressed && readArchive === readZip) {
      this.#scattered = depth;
      this.#taken = NOTHING;
    }
    const hasParts = isText(readArchive);
    // A text in a text is part of its bytes.
    const isCounted = hasParts && (compressed || !stream.leaveOut);
    let taken = bytes.taken;
    for await (const member of reportErrors(readArchive(input, faults.report), faults.report)) {
      for (const problem of faults.drain()) yield problem;
      if (isCounted) this.#budget.addText(bytes.taken - taken);
      taken = bytes.taken;
      // Links and empty parts are only counted.
      if (member.is !== 'special' && !this.#budget.takeMember()) {
        faults.report('input-limit', this.#budget.describeMembers());
        break;
      }
      filter.see(member.name);
      const path = memberLabel(node.path, member.name);
      if (member.is === 'special') {
        if (member.what !== null) tally.special(member.name, member.what);
      } else if (member.is === 'encrypted') {
        const own = this.node(node.id, path, 'member');
        yield this.problem(own, 'archive-encrypted', 'the member is encrypted', path);
      } else if (filter.wants(member.name)) {
        const inner = this.#stream(member, node, path, filter.incidentalIn(member.name));
        const leaveOut = (limit: string): void => tally.beyond(limit);
        yield* this.read(hasParts ? { ...inner, leaveOut } : inner, depth);
      } else tally.unwanted(member.name, filter.layout);
      if (this.#budget.exhausted) break;
    }
    if (this.#scattered === depth) this.#scattered = null;
    for (const { code, detail, count } of tally.entries()) {
      yield this.problem(node, code, detail, node.path, count);
    }
  }

  #stream(member: FileMember, container: SourceNode, path: string, incidentalIn: string | null): Stream {
    return {
      node: { ...this.node(container.id, path, 'member'), letter: member.letter ?? false, incidentalIn },
      bytes: (report) => member.open(report),
      size: member.size,
      file: null,
      taken: member.taken,
    };
  }
}
