// SPDX-License-Identifier: Apache-2.0
/** Recognises the sections of a text: pieces of mails and reports, members of combined output. */
import { type Detection, detect } from './detect.js';
import { headOfLines } from './head.js';
import type { Head, Ingester } from './ingester.js';
import { marked } from './verdict.js';

/** Sections deeper than this are not recognised. */
const SECTION_DEPTH = 6;

export class SectionDetector {
  /** Formats that sections may have: they are not searched for sections as mixed text is, unless they are whole texts. */
  readonly #ofSections: readonly Ingester[];
  readonly #ofTexts: readonly Ingester[];
  /** The last result: mixed text asks for it before it opens the section. */
  #last: { readonly head: Head; readonly among: readonly Ingester[]; readonly detection: Detection } | null =
    null;

  readonly #all: boolean;

  /** `all`: see `detect`. */
  constructor(ingesters: readonly Ingester[], all: boolean) {
    this.#all = all;
    this.#ofTexts = ingesters.filter((one) => one.reads === 'lines');
    this.#ofSections = this.#ofTexts.filter((one) => one.name !== 'mixed');
  }

  /** `depth`: how many sources the lines are in; `isText`: they may hold several kinds of evidence. */
  detect(lines: readonly string[], whole: boolean, path: string, depth: number, isText: boolean): Detection {
    const among = depth >= SECTION_DEPTH ? [] : isText ? this.#ofTexts : this.#ofSections;
    const last = this.#last;
    if (last && last.among === among && isHeadOf(last.head, lines, whole, path)) return last.detection;
    const head = headOfLines(lines, whole, path);
    const detection = detect(head, among, this.#all);
    this.#last = { head, among, detection };
    return detection;
  }

  /** What a section is where its lines are too few to tell: what its text found them to be. */
  detectionAs(format: string | undefined): Detection {
    const ingester = this.#ofSections.find(({ name }) => name === format);
    if (!ingester) return { best: null, candidates: [] };
    const best = { ingester, verdict: marked('excerpt', 1, 'each line looks like it, in other text') };
    return { best, candidates: [best] };
  }
}

function isHeadOf(head: Head, lines: readonly string[], whole: boolean, path: string): boolean {
  return (
    head.whole === whole &&
    head.path === path &&
    head.lines.length === lines.length &&
    lines.every((line, index) => line === head.lines[index])
  );
}
