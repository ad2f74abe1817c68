// SPDX-License-Identifier: Apache-2.0
/** The lines of evidence that a page points at, in the order in which the page names them: the most important first. */
import type { Cite } from '../../accounting/model.js';
import type { Source } from '../../model/source.js';
import { shownName } from '../../model/source-label.js';
import { h, type Markup } from './markup.js';

/** Id of the block that shows a cited line. */
export const evidenceId = ({ source, line }: Cite): string => `e-${source}-${line}`;

/** Characters of a file's name in a link; the evidence itself names the whole path. */
const MOST_NAME = 28;

export class CiteBook {
  readonly #paths: ReadonlyMap<number, string>;
  readonly #cites = new Map<string, Cite>();

  constructor(sources: readonly Source[]) {
    this.#paths = new Map(sources.map((source) => [source.id, source.path]));
  }

  /** A link to the line, named by it unless a label is given; nothing where there is no place. */
  link(cite: Cite | null | undefined, label?: string): Markup {
    if (!cite) return null;
    this.note(cite);
    const name = shownName(this.path(cite.source));
    const shown = name.length > MOST_NAME ? `…${name.slice(1 - MOST_NAME)}` : name;
    return h('a.cite', { href: `#${evidenceId(cite)}` }, label ?? `${shown}:${cite.line}`);
  }

  /** A link named by the line alone, for narrow columns. */
  line(cite: Cite | null | undefined): Markup {
    return this.link(cite, `line ${cite?.line}`);
  }

  note(cite: Cite): void {
    const key = evidenceId(cite);
    if (!this.#cites.has(key)) this.#cites.set(key, cite);
  }

  path(source: number): string {
    return this.#paths.get(source) ?? `source ${source}`;
  }

  cites(): readonly Cite[] {
    return [...this.#cites.values()];
  }
}
