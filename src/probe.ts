// SPDX-License-Identifier: Apache-2.0
/** What a file tells at a glance: what evidence it is, and of a log, of which boots. */
import { type Identity, splitParts } from './accounting/boots/parts.js';
import { openInputs } from './disk/walk.js';
import { Collector } from './ingest/collector.js';
import { CONTEXT_INGESTERS } from './ingest/context/index.js';
import { DEBUGFS_INGESTERS } from './ingest/debugfs/index.js';
import { type Detection, detect } from './ingest/detect.js';
import { headOf } from './ingest/head.js';
import { HEAD_BYTES } from './ingest/ingester.js';
import { PLACES } from './ingest/layouts/index.js';
import { INGESTERS } from './ingest/registry.js';
import { ByteReader } from './input/index.js';
import type { Event } from './model/event.js';
import { Buffer } from './platform/index.js';
import { ReadingLimits } from './read-limits.js';
import { leafOf, SourceReader } from './read-source.js';

/** `context`: says nothing of a boot by itself; `package`: an archive, a report of its own; `other`: no known format. */
export type EvidenceKind = 'log' | 'trace' | 'counters' | 'context' | 'package' | 'other';

export interface Probe {
  readonly kind: EvidenceKind;
  /** The boots that a log holds, in its order. */
  readonly boots: readonly ProbedBoot[];
  /** Lines of a log with stamps finer than a jiffy: two boots share few. */
  readonly lines: ReadonlySet<string>;
}

export interface ProbedBoot {
  readonly identity: Identity;
  /** `Linux version ...`, which names the build of the kernel. */
  readonly build: string | null;
  /** True where the log holds the start of the boot. */
  readonly started: boolean;
}

const TRACES = new Set(['ftrace', 'trace-dat', 'trace-json', 'strace']);
const CONTEXT = new Set(CONTEXT_INGESTERS.map(({ name }) => name));
const COUNTERS = new Set(DEBUGFS_INGESTERS.map(({ name }) => name));

/** The kind of evidence that a format is. */
export function kindOfFormat(format: string | null): EvidenceKind {
  if (format === null) return 'other';
  if (TRACES.has(format)) return 'trace';
  if (COUNTERS.has(format)) return 'counters';
  return CONTEXT.has(format) ? 'context' : 'log';
}

/** Of a log as much is read as some weeks of a kern.log have: the boot of the dmesg beside it may be its last. */
const LOG_BYTES = 8 * 1024 * 1024;
/** After so many lines, one of eight is kept, the same in each log. */
const ALL_LINES = 500;
/** `[   12.345678] text`, behind any prefix. */
const STAMPED = /\[\s*(\d+\.\d{6})\](.*)$/s;
const STAMPED_LINES = /\[ *(\d+\.\d{6})\](.*)/g;

const plain = (kind: EvidenceKind): Probe => ({ kind, boots: [], lines: new Set() });

/** Of anything but a log, reads little more than detection does; a file that cannot be read is `other`. */
export async function probe(path: string): Promise<Probe> {
  for await (const thing of openInputs([path], { places: PLACES })) {
    if (thing.found === 'container') return plain('package');
    if (thing.found === 'problem') return plain('other');
    if (thing.leaf.node.parent !== null && thing.leaf.node.kind === 'member') return plain('package');
    const reader = new ByteReader(thing.leaf.open());
    const bytes = await reader.peek(HEAD_BYTES + 1);
    const head = headOf(bytes.subarray(0, HEAD_BYTES), bytes.length <= HEAD_BYTES, path);
    const known = detect(head, INGESTERS);
    const kind = kindOfFormat(known.best?.ingester.name ?? null);
    if (kind !== 'log') return plain(kind);
    const log = head.whole ? bytes : await reader.peek(LOG_BYTES);
    const lines = head.whole ? head.lines : new TextDecoder().decode(log).split('\n');
    return { kind, boots: await bootsOf(log, known), lines: fineLines(lines) };
  }
  return plain('other');
}

/** Marks of a boot in a text: its id, the times of its clocks. */
const MARK =
  /_BOOT_ID["=: ]+([0-9a-f]{32})|Marking stable (\([^)]{1,60}\))|audit\((\d+\.\d{3}):1\)|system clock to (\d{4}-\d\d-\d\d[ T][\d:]{8})/g;
/** So many stamped lines in a row are never those of another boot; a few single lines are, among thousands of boots. */
const ROW = 3;
/** Of the rows of a text, those whose sums are the least: of two texts with the same lines, the same. */
const MOST_ROWS = 8;

/**
 * What a file shares with others of its boot, told from its first and its last bytes, as sums of 32 bits; of a log alone.
 * Equal marks call for a look at the whole; logs that share none may still be of one boot.
 */
export async function marksOf(path: string): Promise<number[]> {
  const marks = new Set<number>();
  for (const bytes of await endsOf(path)) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    for (const [, ...found] of text.matchAll(MARK))
      marks.add(sumOf(BASIS, `mark ${found.find((one) => one !== undefined)}`) >>> 0);
    const lines = sumsOf(text);
    if (lines.length === 0) continue;
    const rows = Uint32Array.from({ length: Math.max(1, lines.length - ROW + 1) }, (_, at) =>
      lines.slice(at, at + ROW).reduce(joinSums, BASIS),
    ).sort();
    for (const sum of rows.subarray(0, MOST_ROWS)) marks.add(sum);
  }
  return [...marks];
}

/** The first bytes of a file, decompressed, and the last of a larger plain one; nothing of an archive. */
async function endsOf(path: string): Promise<Uint8Array[]> {
  for await (const thing of openInputs([path], { places: PLACES })) {
    if (thing.found !== 'leaf' || thing.leaf.node.kind === 'member') return [];
    const file = thing.leaf.random?.();
    if (!file) return [await new ByteReader(thing.leaf.open()).peek(HEAD_BYTES)];
    const rest = Math.min(HEAD_BYTES, file.size - HEAD_BYTES);
    const first = file.read(0, HEAD_BYTES);
    return rest > 0 ? [first, file.read(file.size - rest, rest)] : [first];
  }
  return [];
}

/** FNV-1a. */
const BASIS = 0x811c9dc5;
const joinSums = (sum: number, next: number): number => Math.imul(sum ^ next, 0x01000193);

/** Of the fine lines of a text. */
function sumsOf(text: string): number[] {
  const sums: number[] = [];
  for (const [, stamp = '', line = ''] of text.matchAll(STAMPED_LINES)) {
    if (isFine(stamp) && (sums.length < ALL_LINES || isSampled(stamp)))
      sums.push(sumOf(sumOf(BASIS, stamp), line.trim()));
  }
  return sums;
}

function sumOf(before: number, text: string): number {
  let sum = before;
  for (let index = 0; index < text.length; index++) sum = joinSums(sum, text.charCodeAt(index));
  return sum;
}

async function bootsOf(bytes: Uint8Array, known: Detection): Promise<ProbedBoot[]> {
  const collector = new Collector(INGESTERS);
  const reader = new SourceReader(collector, INGESTERS, {}, new ReadingLimits());
  const source = collector.addSource({ parent: null, path: 'log', kind: 'file' });
  await reader.read(source, await reader.open(leafOf({ ...source, parent: null }, bytes), known));
  const { sources, events } = collector.evidence();
  const logs = splitParts(sources, events).filter(({ kind }) => kind === 'log');
  const whole = bytes.length < LOG_BYTES;
  return logs.map((part) => ({
    // The last line that was read is not the last of the log.
    identity: whole ? part.identity : { ...part.identity, written: null },
    build: part.events.find(isVersion)?.banner || null,
    started: part.events.some((event) => event.kind === 'boot-start' && event.complete),
  }));
}

const isVersion = (event: Event): event is Extract<Event, { kind: 'kernel-version' }> =>
  event.kind === 'kernel-version';

/** A clock that ticks with the jiffies gives the same stamps in every boot. */
const isFine = (stamp: string): boolean => !stamp.endsWith('000');

function isSampled(stamp: string): boolean {
  let sum = 0;
  for (const digit of stamp) sum = (sum * 31 + digit.charCodeAt(0)) & 0xffff;
  return sum % 8 === 0;
}

function fineLines(all: readonly string[]): Set<string> {
  const lines = new Set<string>();
  for (const line of all) {
    const [, stamp, text = ''] = STAMPED.exec(line) ?? [];
    if (stamp === undefined || !isFine(stamp)) continue;
    if (lines.size < ALL_LINES || isSampled(stamp)) lines.add(`${stamp} ${text.trim()}`);
  }
  return lines;
}

/**
 * How many messages two logs have at the same microsecond, and how many both have at other times alone. Two machines of one
 * type have some of a thousand at the same by chance; two logs of one boot have nearly all.
 */
export function linesOfBoth(
  a: Probe['lines'],
  b: Probe['lines'],
): { readonly same: number; readonly other: number } {
  const isWhole = a.size < ALL_LINES && b.size < ALL_LINES;
  const [first, second] = [textsOf(a), textsOf(b)];
  let same = 0;
  let both = 0;
  for (const [text, stamps] of isWhole ? second.all : second.sampled) {
    if (!(isWhole ? first.all : first.sampled).has(text)) continue;
    both++;
    if (stamps.some((stamp) => a.has(`${stamp}${text}`))) same++;
  }
  return { same, other: both - same };
}

/** The stamps of each text. */
type Texts = ReadonlyMap<string, readonly string[]>;

const textsByLines = new WeakMap<Probe['lines'], { readonly all: Texts; readonly sampled: Texts }>();

/** Of the lines of a log, and of those that each log would keep: kept, as each log is compared with many. */
function textsOf(lines: Probe['lines']): { readonly all: Texts; readonly sampled: Texts } {
  const known = textsByLines.get(lines);
  if (known) return known;
  const all = new Map<string, string[]>();
  const sampled = new Map<string, string[]>();
  for (const line of lines) {
    const at = line.indexOf(' ');
    const [stamp, text] = [line.slice(0, at), line.slice(at)];
    for (const texts of isSampled(stamp) ? [all, sampled] : [all]) {
      const stamps = texts.get(text);
      if (stamps) stamps.push(stamp);
      else texts.set(text, [stamp]);
    }
  }
  const texts = { all, sampled };
  textsByLines.set(lines, texts);
  return texts;
}
