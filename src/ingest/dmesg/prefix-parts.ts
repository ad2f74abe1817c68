/** What the layers of a prefix fill in, and how one is taken off. */
import type { Wall } from './wall.js';

export interface Prefix {
  boot: bigint | null;
  delta: bigint | null;
  wall: Wall | null;
  caller: string | null;
  /** `kernel`, another program, or null where none is printed. */
  ident: string | null;
  pid: number | null;
  /** /dev/kmsg's number of the record. */
  sequence: number | null;
  /** False where the line says that a program wrote it (`user  :notice:`). */
  kernel: boolean;
  /** What the message had in front, outermost first; '' for a bare message. Names the form in a verdict. */
  form: string;
  text: string;
}

/** Takes a layer off the front of the text. */
export function take(prefix: Prefix, taken: string, form: string): void {
  prefix.text = prefix.text.slice(taken.length);
  prefix.form = prefix.form === '' ? form : `${prefix.form} ${form}`;
}
