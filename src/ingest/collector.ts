// SPDX-License-Identifier: Apache-2.0
/**
 * Collects the events and diagnostics of one case. It owns the tree of sources: ids follow the order of reading until all
 * sources are known and renumbered.
 */

import type { Diagnostic, DiagnosticCode } from '../model/diagnostic.js';
import type { Event, ParsedEvent } from '../model/event.js';
import { getOrAdd } from '../model/groups.js';
import { BOOT_CLOCK, type Source, type SourceKind } from '../model/source.js';
import { sectionLabel } from '../model/source-label.js';
import type { Detection } from './detect.js';
import type { IngestContext, Ingester, LineSink } from './ingester.js';
import { inOrder } from './numbering.js';
import { OwnText } from './own-text.js';
import { clearImpossibleFields, impossibleNumber } from './plausible.js';
import { SectionDetector } from './section-detector.js';

/** Everything read of one case, before accounting. */
export interface Evidence {
  readonly sources: readonly Source[];
  /** Events by Source.id, in line order. */
  readonly events: ReadonlyMap<number, readonly Event[]>;
  readonly diagnostics: readonly Diagnostic[];
  readonly detections: ReadonlyMap<number, Detection>;
}

/** What one file gave that was read apart from its case: plain data, which can pass from thread to thread. */
export interface Part {
  /** By number from 1: what holds the file, the file, then its sections. */
  readonly sources: readonly Source[];
  readonly events: ReadonlyMap<number, Event[]>;
  readonly diagnostics: readonly Diagnostic[];
}

/** What is known of a source when it is found. */
export interface NewSource {
  readonly parent: number | null;
  readonly path: string;
  readonly kind: SourceKind;
  /** The text of a mail: not reported if it holds no evidence. */
  readonly letter?: boolean;
  /** The layout whose evidence this is not; null or absent if it may be evidence. */
  readonly incidentalIn?: string | null;
}

/**
 * Sections shorter than SMALL_LENGTH that a file may have, and how much text allows a further one: each costs as much as a
 * file. A longer one is worth its cost.
 */
const SMALL_SECTIONS = 1000;
const SMALL_LENGTH = 256;
const TEXT_PER_SMALL = 400;
const TOO_MANY_SMALL = `more than ${SMALL_SECTIONS} pieces of evidence and one for each ${TEXT_PER_SMALL} characters, of less than ${SMALL_LENGTH} characters (split the text)`;
/** Sections that a case may have, and what each further one takes of the limit of events: it costs as much memory. */
const SECTIONS_OF_CASE = 10_000;
const EVENTS_OF_SECTION = 100;
/** Lines of a section used for detection. */
const SECTION_HEAD_LINES = 200;
/** The same of a text that may hold several kinds: about as many as the head of a file has. */
const TEXT_HEAD_LINES = 1000;

/** Where a source stands: in how many others, in which file, and whether it need not have the start of a log. */
interface Place {
  readonly depth: number;
  readonly file: number;
  readonly excerpt: boolean;
}

export class Collector {
  readonly #sources: Source[] = [];
  readonly #events = new Map<number, Event[]>();
  readonly #diagnostics = new Map<string, Diagnostic>();
  readonly #detections = new Map<number, Detection>();
  readonly #letters = new Set<number>();
  /** Layouts, by source, of those that need not be evidence. */
  readonly #incidental = new Map<number, string>();
  readonly #detector: SectionDetector;
  /** Small sections of each file, and the length of the text before the last. */
  readonly #sections = new Map<number, { small: number; length: number }>();

  #sectionCount = 0;
  /** Those that were kept, and what sections take of their limit. */
  #eventCount = 0;
  #mostEvents = Number.POSITIVE_INFINITY;
  #eventsOption = '';
  #isFull = false;
  readonly #texts = new OwnText();

  /** `explain`: keeps what was recognised of each source, but not chosen. */
  constructor(ingesters: readonly Ingester[], explain = false) {
    this.#detector = new SectionDetector(ingesters, explain);
  }

  addSource(node: NewSource): Source {
    const source: Source = {
      id: this.#sources.length + 1,
      parent: node.parent,
      path: node.path,
      kind: node.kind,
      format: null,
      bytes: null,
      lines: 0,
      events: 0,
      clock: BOOT_CLOCK,
      why: '',
      status: 'container',
    };
    this.#sources.push(source);
    if (node.kind === 'section' && ++this.#sectionCount > SECTIONS_OF_CASE)
      this.#eventCount += EVENTS_OF_SECTION;
    if (node.letter) this.#letters.add(source.id);
    if (node.incidentalIn) this.#incidental.set(source.id, node.incidentalIn);
    return source;
  }

  /** Limits the events over all sources; `option` is the option that sets the limit. */
  limitEvents(most: number, option: string): void {
    this.#mostEvents = most;
    this.#eventsOption = option;
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  /** True once an event was refused: none follows, however many of its source were at hand. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Notes the result of detection. */
  recognise(source: Source, detection: Detection): void {
    this.#detections.set(source.id, detection);
    const { best } = detection;
    if (best) {
      source.format = best.ingester.name;
      source.why = `${best.verdict.form}: ${best.verdict.why}`;
      source.status = 'read';
    } else {
      source.status = 'unrecognised';
      source.why = 'no known format matched';
    }
  }

  diagnose(source: Source | null, code: DiagnosticCode, line: number | null, detail = '', count = 1): void {
    if (code === 'input-nothing-known' && source && this.#letters.has(source.id)) return;
    // Each reason to skip members of a container is reported.
    const key = `${code} ${source?.id ?? '-'} ${code === 'input-skipped' ? detail : ''}`;
    const known = this.#diagnostics.get(key);
    const sum = Math.min((known?.count ?? 0) + count, Number.MAX_SAFE_INTEGER);
    if (known) known.count = sum;
    else this.#diagnostics.set(key, { code, source: source?.id ?? null, line, count: sum, detail });
  }

  /** Reports a source without known contents; those that need not be evidence are only counted. */
  reportUnknown(source: Source, code: 'input-nothing-known' | 'input-empty', isEvidence: boolean): void {
    const layout = isEvidence ? undefined : this.#incidental.get(source.id);
    if (layout === undefined) {
      this.diagnose(source, code, null);
      return;
    }
    source.status = 'skipped';
    source.why = `no known format, and not evidence by its place in a ${layout}`;
    const container = this.#sources[(source.parent ?? 0) - 1] ?? null;
    this.diagnose(container, 'input-irrelevant', null, `members of a ${layout} without evidence`);
  }

  /** The ingester's context for one source. */
  context(
    source: Source,
    form: string,
    isEvidence = () => true,
    { depth, file, excerpt }: Place = { depth: 0, file: source.id, excerpt: false },
  ): IngestContext {
    const events: Event[] = [];
    this.#events.set(source.id, events);
    return {
      form,
      path: source.path,
      emit: (parsed) => {
        const event = setSource(parsed, source.id);
        const cleared = clearImpossibleFields(event);
        const refused = impossibleNumber(event);
        const wrong = refused ?? cleared;
        if (wrong !== null) this.diagnose(source, 'number-out-of-range', event.line, wrong);
        if (refused !== null) return;
        if (this.#isFull) return;
        if (this.#eventCount >= this.#mostEvents) {
          this.#isFull = true;
          const detail = `more than ${this.#mostEvents} events in the inputs (${this.#eventsOption})`;
          this.diagnose(source, 'input-limit', event.line, detail);
          return;
        }
        this.#eventCount++;
        this.#texts.own(event);
        events.push(event);
        source.events++;
      },
      diagnose: (code, line, detail, count) => {
        // That what a limit ended is incomplete is not damage.
        if (this.#isFull && code === 'archive-damaged') return;
        if (!excerpt || code !== 'log-beginning-missing') this.diagnose(source, code, line, detail, count);
      },
      clock: (clock) => {
        source.clock = clock;
      },
      isFull: (held) => this.#isFull || this.#eventCount + held > this.#mostEvents,
      recognised: (lines, name) => {
        const { best } = this.#detector.detect(lines, true, sectionLabel(source.path, name), depth, false);
        return best && { ingester: best.ingester.name, confidence: best.verdict.confidence };
      },
      nothingFound: (why) => {
        source.format = null;
        source.status = 'unrecognised';
        source.why = why;
        this.reportUnknown(source, 'input-nothing-known', isEvidence());
      },
      section: (name, extent, format, before) =>
        this.#section(source, name, { depth: depth + 1, file }, extent, format, before),
    };
  }

  /** What was collected so far. Detections stay behind: they hold formats, which are no data. */
  part(): Part {
    return {
      sources: this.#sources,
      events: this.#events,
      diagnostics: [...this.#diagnostics.values()],
    };
  }

  /** Adds what a file gave, as though it had been read here; the limit of events is the caller's to check. */
  adopt(file: Source, { sources: [, read, ...sections], events, diagnostics }: Part): void {
    if (!read) return;
    const container = this.#sources[(file.parent ?? 0) - 1] ?? null;
    Object.assign(file, read, { id: file.id, parent: file.parent });
    const known = new Map([
      [1, container],
      [2, file],
    ]);
    for (const section of sections) {
      const parent = known.get(section.parent ?? 0)?.id ?? null;
      const source = this.addSource({ path: section.path, kind: section.kind, parent });
      known.set(section.id, Object.assign(source, section, { id: source.id, parent }));
    }
    for (const [number, list] of events) {
      const { id = 0 } = known.get(number) ?? {};
      for (const event of list) setSource(event, id);
      this.#events.set(id, list);
      this.#eventCount += list.length;
    }
    for (const { source, code, line, detail, count } of diagnostics) {
      this.diagnose(known.get(source ?? 0) ?? null, code, line, detail, count);
    }
  }

  /** The evidence, after all is read. Renumbers the sources and all references to them. */
  evidence(): Evidence {
    const sources = inOrder(this.#sources);
    const numbers = new Map(sources.map((source, index) => [source.id, index + 1]));
    const numberOf = (id: number): number => numbers.get(id) ?? id;
    const detections = new Map<number, Detection>();
    const events = new Map<number, readonly Event[]>();
    for (const [index, source] of sources.entries()) {
      const number = index + 1;
      const detection = this.#detections.get(source.id);
      if (detection) detections.set(number, detection);
      const list = this.#events.get(source.id);
      if (!list) continue;
      events.set(number, list);
      // In place: a copy would hold a large trace twice.
      if (number !== source.id) for (const event of list) setSource(event, number);
    }
    for (const source of sources) if (source.parent !== null) source.parent = numberOf(source.parent);
    for (const source of sources) source.id = numberOf(source.id);
    const diagnostics = [...this.#diagnostics.values()]
      .map((one) => ({ ...one, source: one.source === null ? null : numberOf(one.source) }))
      .sort((a, b) => (a.source ?? 0) - (b.source ?? 0));
    return { sources, events, diagnostics, detections };
  }

  /** A child source; its first lines are held until it is detected. */
  #section(
    parent: Source,
    name: string,
    { depth, file }: Omit<Place, 'excerpt'>,
    extent: 'whole' | 'excerpt' | 'text' | undefined,
    format: string | undefined,
    before = 0,
  ): LineSink {
    const sections = getOrAdd(this.#sections, file, () => ({ small: 0, length: 0 }));
    sections.length = Math.max(sections.length, before);
    const path = sectionLabel(parent.path, name);
    const add = (): Source => this.addSource({ parent: parent.id, path, kind: 'section' });
    // Where there are too many, it has to be long enough first.
    let source = sections.small < SMALL_SECTIONS + sections.length / TEXT_PER_SMALL ? add() : null;
    const held: { text: string; number: number }[] = [];
    let lines = 0;
    let length = 0;
    let sink: LineSink | null = null;
    let decided = false;

    const decide = (own: Source, whole: boolean): void => {
      decided = true;
      const head = held.map((line) => line.text);
      const found = this.#detector.detect(head, whole, path, depth, extent === 'text');
      const detection = found.best === null ? this.#detector.detectionAs(format) : found;
      this.recognise(own, detection);
      const { best } = detection;
      if (best?.ingester.reads === 'lines') {
        const place = { depth, file, excerpt: extent === 'excerpt' };
        sink = best.ingester.start(this.context(own, best.verdict.form, undefined, place));
      }
      for (const line of held) sink?.line(line.text, line.number);
      held.length = 0;
    };

    return {
      line: (text, number) => {
        lines++;
        length += text.length + 1;
        if (length >= SMALL_LENGTH) source ??= add();
        if (source) source.lines = lines;
        if (decided) sink?.line(text, number);
        else {
          held.push({ text, number });
          if (source && held.length >= (extent === 'text' ? TEXT_HEAD_LINES : SECTION_HEAD_LINES))
            decide(source, false);
        }
      },
      end: () => {
        if (source === null) {
          this.diagnose(parent, 'input-limit', held[0]?.number ?? null, TOO_MANY_SMALL);
          return;
        }
        if (length < SMALL_LENGTH) sections.small++;
        if (lines === 0) {
          source.status = 'empty';
          source.why = 'no lines';
          return;
        }
        if (!decided) decide(source, true);
        sink?.end();
      },
    };
  }
}

/** Sets the source in place: a copy would hold a large trace twice. */
function setSource(event: ParsedEvent | Event, source: number): Event {
  const own = event as { source?: number | undefined };
  own.source = source;
  return event as Event;
}
