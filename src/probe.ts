// SPDX-License-Identifier: Apache-2.0
/** A quick look at a file: which evidence it is and, for a log, of which boots. */

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
import { ALL_LINES } from './marks.js';
import type { Event } from './model/event.js';
import { addTo } from './model/groups.js';
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
/** `[   12.345678] text`, behind any prefix. */
const STAMPED = /\[\s*(\d+\.\d{6})\](.*)$/s;

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
    for (const texts of isSampled(stamp) ? [all, sampled] : [all]) addTo(texts, text, stamp);
  }
  const texts = { all, sampled };
  textsByLines.set(lines, texts);
  return texts;
}
