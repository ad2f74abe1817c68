/**
 * Crash dumps of pstore and ramoops: parts with a head each (`Oops#1 Part1`, `Panic#2 Part3`; fs/pstore/platform.c).
 * Part 1 is the end of the log, the highest part its beginning, so they are put in order before they are read.
 */
const HEAD = /^(?:Oops|Panic|Emergency|Restart|Halt|Poweroff|Shutdown|Unknown)#(\d+) Part(\d+)$/;
/** Dumps are as large as a memory region, some hundred kilobytes; beyond this they are read as they come. */
const MAX_LINES = 200_000;

interface Part {
  readonly number: number;
  readonly lines: { readonly text: string; readonly line: number }[];
}

export class PstoreParts {
  readonly #read: (text: string, line: number) => void;
  #dump: string | null = null;
  #parts: Part[] = [];
  #lines = 0;

  constructor(read: (text: string, line: number) => void) {
    this.#read = read;
  }

  /** True within a dump. */
  get open(): boolean {
    return this.#parts.length > 0;
  }

  /** False where the line is not of a dump and is to be read at once. */
  line(text: string, line: number): boolean {
    const head = HEAD.exec(text);
    if (head) {
      if (this.#dump !== null && head[1] !== this.#dump) this.end();
      this.#dump = head[1] ?? '';
      this.#parts.push({ number: Number(head[2]), lines: [] });
      return true;
    }
    const part = this.#parts.at(-1);
    if (!part) return false;
    part.lines.push({ text, line });
    this.#lines += 1;
    if (this.#lines >= MAX_LINES) this.end();
    return true;
  }

  end(): void {
    const parts = this.#parts.toSorted((a, b) => b.number - a.number);
    this.#parts = [];
    this.#dump = null;
    this.#lines = 0;
    for (const part of parts) for (const { text, line } of part.lines) this.#read(text, line);
  }
}
