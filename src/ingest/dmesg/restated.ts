// SPDX-License-Identifier: Apache-2.0
/**
 * A log that a text holds once more in another form: dmesg, then dmesg -T, then journalctl. Times of two forms are not
 * equal, but as far apart for all of their lines.
 */
import { addTo } from '../../model/groups.js';
import type { LogRecord } from './record.js';

type Form = 'stamp' | 'delta' | 'computed' | 'received';

interface Line {
  readonly form: Form;
  readonly t: bigint | null;
  /** Forms that have restated it. */
  readonly again: Set<Form>;
}

/** dmesg -T prints whole seconds; a message that comes twice may be paired with its other one. */
const ROUNDED_NS = 3_000_000_000n;
/** journald receives the first messages of a boot when it starts. */
const RECEIVED_NS = 60_000_000_000n;
const MAX_REMEMBERED = 100_000;

export class Restated {
  readonly #lines = new Map<string, Line[]>();
  readonly #forms = new Set<Form>();
  #remembered = 0;
  /** How far the times of two forms are apart. */
  readonly #apart = new Map<string, bigint>();

  /** True for a line that another form has shown; remembers others. */
  restates(record: LogRecord): boolean {
    const form = formOf(record);
    if (form === null) return false;
    const t = form === 'stamp' ? record.boot : form === 'delta' ? null : (record.wall?.ns ?? null);
    const key = `${record.tool ?? ''} ${record.text}`;
    const same = this.#lines.get(key);
    this.#forms.add(form);
    const line =
      this.#forms.size === 1
        ? undefined
        : same?.find((one) => one.form !== form && !one.again.has(form) && this.#fits(one, form, t));
    if (line) {
      line.again.add(form);
      return true;
    }
    if (this.#remembered++ >= MAX_REMEMBERED) return false;
    addTo(this.#lines, key, { form, t, again: new Set<Form>() });
    return false;
  }

  #fits(line: Line, form: Form, t: bigint | null): boolean {
    if (line.t === null || t === null) return true;
    const forms = `${line.form} ${form}`;
    const apart = t - line.t;
    const known = this.#apart.get(forms);
    if (known === undefined) {
      this.#apart.set(forms, apart);
      return true;
    }
    const within = line.form === 'received' || form === 'received' ? RECEIVED_NS : ROUNDED_NS;
    return (apart > known ? apart - known : known - apart) <= within;
  }
}

/** Null for a line without a time. */
function formOf({ boot, delta, wall }: LogRecord): Form | null {
  if (boot !== null) return 'stamp';
  if (delta !== null) return 'delta';
  return wall === null ? null : wall.computed ? 'computed' : 'received';
}
