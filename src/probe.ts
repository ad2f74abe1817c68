// SPDX-License-Identifier: Apache-2.0
/** What the first bytes of a file tell: what evidence it is, and of which boot. */
import { openInputs } from './disk/walk.js';
import { CONTEXT_INGESTERS } from './ingest/context/index.js';
import { DEBUGFS_INGESTERS } from './ingest/debugfs/index.js';
import { detect } from './ingest/detect.js';
import { headOf } from './ingest/head.js';
import { HEAD_BYTES } from './ingest/ingester.js';
import { PLACES } from './ingest/layouts/index.js';
import { INGESTERS } from './ingest/registry.js';
import { ByteReader } from './input/index.js';

/** `context`: says nothing of a boot by itself; `package`: an archive, a report of its own; `other`: no known format. */
export type EvidenceKind = 'log' | 'trace' | 'counters' | 'context' | 'package' | 'other';

export interface Probe {
  readonly kind: EvidenceKind;
  /** Boot id, where a journal has one. */
  readonly bootId: string | null;
  /** `Linux version ...` of a log. */
  readonly banner: string | null;
  /** Lines of a log with stamps finer than a jiffy: two boots share none. */
  readonly lines: ReadonlySet<string>;
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

/** Of a log as much is read as may hold the start of a second boot. */
const LOG_BYTES = 1024 * 1024;
/** After so many lines, one of eight is kept, the same in each log. */
const ALL_LINES = 500;
const BOOT_ID = /_BOOT_ID(?:=|"\s*:\s*")([0-9a-f]{32})/;
const BANNER = /Linux version \d.*/;
/** `[   12.345678] text`, behind any prefix. */
const STAMPED = /\[\s*(\d+\.\d{6})\](.*)$/;

const plain = (kind: EvidenceKind): Probe => ({ kind, bootId: null, banner: null, lines: new Set() });

/** Reads little more than detection does; a file that cannot be read is `other`. */
export async function probe(path: string): Promise<Probe> {
  for await (const thing of openInputs([path], { places: PLACES })) {
    if (thing.found === 'container') return plain('package');
    if (thing.found === 'problem') return plain('other');
    if (thing.leaf.node.parent !== null && thing.leaf.node.kind === 'member') return plain('package');
    const reader = new ByteReader(thing.leaf.open());
    const bytes = await reader.peek(HEAD_BYTES + 1);
    const head = headOf(bytes.subarray(0, HEAD_BYTES), bytes.length <= HEAD_BYTES, path);
    const kind = kindOfFormat(detect(head, INGESTERS).best?.ingester.name ?? null);
    if (kind !== 'log') return plain(kind);
    if (head.whole) return { kind, ...identityOf(head.lines) };
    const more = new TextDecoder().decode(await reader.peek(LOG_BYTES));
    return { kind, ...identityOf(more.split('\n')) };
  }
  return plain('other');
}

function isSampled(stamp: string): boolean {
  let sum = 0;
  for (const digit of stamp) sum = (sum * 31 + digit.charCodeAt(0)) & 0xffff;
  return sum % 8 === 0;
}

function identityOf(head: readonly string[]): Omit<Probe, 'kind'> {
  let bootId: string | null = null;
  let banner: string | null = null;
  const lines = new Set<string>();
  for (const line of head) {
    bootId ??= BOOT_ID.exec(line)?.[1] ?? null;
    // JSON and quoted texts end it differently.
    banner ??= BANNER.exec(line)?.[0].split(/["\\]/, 1)[0]?.trimEnd() ?? null;
    const [, stamp, text = ''] = STAMPED.exec(line) ?? [];
    // A clock that ticks with the jiffies gives the same stamps in every boot.
    if (stamp === undefined || stamp.endsWith('000')) continue;
    if (lines.size < ALL_LINES || isSampled(stamp)) lines.add(`${stamp} ${text.trim()}`);
  }
  return { bootId, banner, lines };
}
