/**
 * A prefix that no layer takes hides every message behind it. It shows by a banner that is not where a message begins,
 * or by the same kind of bracket in front of nearly every message.
 */
const BANNER_BEHIND = /^[^"'`]{1,80}?\bLinux version \d+\.\d+\S* \(/;
// (3)[229:foo]   [12|init]   <5:0>   {7}        but not [drm:intel [i915]], [Firmware Bug], (null)
const MARK = /^[^\w\s]{0,2}(?:[[({<][A-Za-z]?[ \d][^\])}>]{0,40}[\])}>]|[A-Za-z]?\d{1,3}[|@])/;
/** Messages from which a bracket is judged. */
const LEAST = 5;
const MOST = 200;

export class UnknownPrefix {
  readonly #say: (line: number, detail: string) => void;
  #records = 0;
  #marked = 0;
  #first: { readonly line: number; readonly text: string } | null = null;
  #decided = false;

  constructor(say: (line: number, detail: string) => void) {
    this.#say = say;
  }

  /** Looks at a message with printk's stamp, behind all layers that are known. */
  look(text: string, line: number): void {
    if (this.#decided) return;
    if (text.startsWith('Linux version ')) {
      this.#decided = true;
    } else if (BANNER_BEHIND.test(text)) {
      this.#tell(line, text);
    } else {
      this.#records += 1;
      if (MARK.test(text)) {
        this.#marked += 1;
        this.#first ??= { line, text };
      }
      if (this.#records === MOST) this.end();
    }
  }

  /** Judges by what was seen. */
  end(): void {
    const first = this.#first;
    if (this.#decided || !first || this.#records < LEAST || this.#marked * 10 < this.#records * 9) return;
    this.#tell(first.line, first.text);
  }

  #tell(line: number, text: string): void {
    this.#decided = true;
    this.#say(line, text.slice(0, 80));
  }
}
