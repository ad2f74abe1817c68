// SPDX-License-Identifier: Apache-2.0
/**
 * Crash dumps of pstore and ramoops, in parts with a head (`Oops#1 Part1`, `Panic#2 Part3`; fs/pstore/platform.c). Part 1
 * is the end of the log, the highest part its start, so they are sorted before they are read. A panic after an oops dumps
 * the log again: lines of both are read once.
 */
export const PSTORE_HEAD =
  /^(?:Oops|Panic|Emergency|Restart|Halt|Poweroff|Shutdown|Unknown)#(\d+) Part(\d+)$/;
/** The file name of a part, if several were printed: `dmesg-efi-167646279203001:` */
const FILE = /^(?:==> )?\S*\bdmesg-[a-z][\w-]*-\d+(?:\.enc\.z)?(?:: ?| <==)?$/;
/** Dumps have some hundred kilobytes, the size of a memory region; longer ones are read in pieces. */
const MAX_LINES = 200_000;

interface Part {
  readonly dump: number;
  readonly number: number;
  readonly lines: { readonly text: string; readonly line: number }[];
}

export class PstoreParts {
  readonly #read: (text: string, line: number) => void;
  #parts: Part[] = [];
  readonly #known = new Set<string>();
  #lines = 0;

  constructor(read: (text: string, line: number) => void) {
    this.#read = read;
  }

  /** True inside a dump. */
  get open(): boolean {
    return this.#parts.length > 0;
  }

  /** False if the line is not part of a dump. */
  line(text: string, line: number): boolean {
    const head = PSTORE_HEAD.exec(text);
    if (head) {
      const [dump, number] = [Number(head[1]), Number(head[2])];
      // The kernel numbers its dumps: a repeated number is from another boot.
      const key = `${dump} ${number}`;
      if (this.#known.has(key)) this.end();
      this.#known.add(key);
      this.#parts.push({ dump, number, lines: [] });
      return true;
    }
    const part = this.#parts.at(-1);
    if (!part) return FILE.test(text);
    if (FILE.test(text)) return true;
    part.lines.push({ text, line });
    this.#lines += 1;
    if (this.#lines >= MAX_LINES) this.end();
    return true;
  }

  end(): void {
    const parts = this.#parts.toSorted((a, b) => a.dump - b.dump || b.number - a.number);
    this.#parts = [];
    this.#known.clear();
    this.#lines = 0;
    const dumpOf = new Map<string, number>();
    for (const part of parts) {
      for (const { text, line } of part.lines) {
        const dump = dumpOf.get(text);
        if (dump !== undefined && dump !== part.dump) continue;
        dumpOf.set(text, part.dump);
        this.#read(text, line);
      }
    }
  }
}
