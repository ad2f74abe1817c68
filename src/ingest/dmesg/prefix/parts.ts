// SPDX-License-Identifier: Apache-2.0
/** A prefix, as filled in layer by layer. */
import type { Wall } from '../wall.js';

export interface Prefix {
  boot: bigint | null;
  /** The printk timestamp as printed, if no kernel has run for so long. */
  badStamp: string | null;
  delta: bigint | null;
  wall: Wall | null;
  caller: string | null;
  /** `kernel`, another program, or null. */
  ident: string | null;
  pid: number | null;
  /** /dev/kmsg's number of the record. */
  sequence: number | null;
  /** The audit subsystem's number of the event, which starts with each boot. */
  serial: number | null;
  /** False if the line is marked as a program's (`user  :notice:`). */
  kernel: boolean;
  /** The layers, outermost first; '' for a bare message. Names the form in a verdict. */
  form: string;
  text: string;
}

/** Removes a layer from the front of the text. */
export function take(prefix: Prefix, taken: string, form: string): void {
  prefix.text = prefix.text.slice(taken.length);
  prefix.form = prefix.form === '' ? form : `${prefix.form} ${form}`;
}

/** Programs that need no pid behind their name to be known as such. */
export const PROGRAM_WITHOUT_PID =
  'systemd(?:-[\\w-]+)?|\\(udev-worker\\)|udevd|modprobe|insmod|kmod|dracut[\\w-]*|audispd|audisp-syslog';
