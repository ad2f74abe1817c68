// SPDX-License-Identifier: Apache-2.0
/**
 * Detects an unknown prefix, which hides every message. It shows by a banner that is not at the start of a message, or by
 * the same kind of bracket before nearly every message.
 */
const INNER_BANNER = /^[^"'`]{1,80}?\bLinux version \d+\.\d\S* \(/;
// (3)[229:foo]   [12|init]   <5:0>   {7}        but not [drm:intel [i915]], [Firmware Bug], (null)
const MARK = /^[^\w\s]{0,2}(?:[[({<][A-Za-z]?[ \d][^\])}>]{0,40}[\])}>]|[A-Za-z]?\d{1,3}[|@])/;
/** Messages needed to judge a bracket. */
const MIN_RECORDS = 5;
const MAX_RECORDS = 200;

export class UnknownPrefix {
  readonly #onFound: (line: number, detail: string) => void;
  #records = 0;
  #marked = 0;
  #first: { readonly line: number; readonly text: string } | null = null;
  #decided = false;

  constructor(onFound: (line: number, detail: string) => void) {
    this.#onFound = onFound;
  }

  /** Checks a message after its timestamp and all known layers. */
  check(text: string, line: number): void {
    if (this.#decided) return;
    if (text.startsWith('Linux version ')) {
      this.#decided = true;
    } else if (text.includes('Linux version ') && INNER_BANNER.test(text)) {
      this.#report(line, text);
    } else {
      this.#records += 1;
      if (MARK.test(text)) {
        this.#marked += 1;
        this.#first ??= { line, text };
      }
      if (this.#records === MAX_RECORDS) this.end();
    }
  }

  /** Judges by the messages so far. */
  end(): void {
    const first = this.#first;
    if (this.#decided || !first || this.#records < MIN_RECORDS || this.#marked * 10 < this.#records * 9)
      return;
    this.#report(first.line, first.text);
  }

  #report(line: number, text: string): void {
    this.#decided = true;
    this.#onFound(line, text.slice(0, 80));
  }
}
