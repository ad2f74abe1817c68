// SPDX-License-Identifier: Apache-2.0
/** A probe's arguments by meaning: named by its user, or `arg1`, `arg2`, ... */
import type { FieldValue } from './records.js';
import { integer, text } from './values.js';

/** The meanings of arguments, with their usual names; the kernel's field names first. */
// biome-ignore format: a table
const NAMES = {
  name: ['name', 'module_name', 'module', 'mod', 'modname', 'mod_name', 'modulename', 'file', 'filename', 'fmt', 'path'],
  image: ['len', 'length', 'l', 'image', 'image_len', 'info_len', 'ulen', 'uncompressed', 'bytes', 'image_size'],
  compressed: ['compressed_len', 'compressed', 'clen', 'comp', 'complen', 'comp_len', 'csize', 'c', 'zlen', 'xzlen'],
  size: ['size', 'sz', 'count', 'n', 'buf_size'],
  flags: ['flags', 'flag', 'fl', 'f'],
  reason: ['reason', 'why', 'dup_reason'],
  ret: ['ret', 'retval', 'rc', 'rv', 'err', 'error', 'result', 'status', 'res', 'r'],
  id: ['id', 'kid', 'read_id'],
  wait: ['wait'],
} as const satisfies Record<string, readonly string[]>;
export type Meaning = keyof typeof NAMES;

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  Object.entries(NAMES).flatMap(([meaning, names]) =>
    names.map((name): [string, Meaning] => [name, meaning as Meaning]),
  ),
);

/** Sections of a laid-out module (enum mod_mem_type), by their names in probes. */
const SECTIONS: ReadonlyMap<string, string> = new Map([
  ['text', 'text'],
  ['data', 'data'],
  ['rodata', 'rodata'],
  ['roinit', 'ro_after_init'],
  ['ro_after_init', 'ro_after_init'],
  ['itext', 'init_text'],
  ['init_text', 'init_text'],
  ['idata', 'init_data'],
  ['init_data', 'init_data'],
  ['irodata', 'init_rodata'],
  ['init_rodata', 'init_rodata'],
]);
const SECTION_COUNT = 7;

const POSITIONAL = /^arg\d+$/;
const isProbeField = (key: string): boolean => key.startsWith('__probe_') || key.startsWith('common_');

export class ProbeArguments {
  readonly #named = new Map<Meaning, FieldValue>();
  readonly #numbers: FieldValue[] = [];
  /** The first text without a known name: probes read only names of modules and files as text. */
  #text: FieldValue | undefined;
  /** True if the probe reads the taints: it repeats module_load. */
  readonly hasTaints: boolean;
  #sections: Map<string, number> | null = null;

  constructor(fields: ReadonlyMap<string, FieldValue>) {
    this.hasTaints = fields.has('taints');
    for (const [key, value] of fields) {
      if (isProbeField(key)) continue;
      const lower = key.toLowerCase();
      const meaning = MEANINGS.get(lower);
      if (meaning && !this.#named.has(meaning)) this.#named.set(meaning, value);
      else this.#unnamed(lower, value);
    }
  }

  #unnamed(key: string, value: FieldValue): void {
    const number = integer(value);
    const section = SECTIONS.get(key);
    if (number === null && key !== 'comm') this.#text ??= value;
    else if (section && number !== null) {
      this.#sections ??= new Map();
      this.#sections.set(section, number);
    } else if (POSITIONAL.test(key)) this.#numbers.push(value);
  }

  /** Assigns meanings to unnamed arguments, in the order of the probe. */
  inOrder(...meanings: readonly Meaning[]): this {
    const open = meanings.filter((meaning) => !this.#named.has(meaning));
    for (const meaning of open) {
      const value = this.#numbers.shift();
      if (value !== undefined) this.#named.set(meaning, value);
    }
    return this;
  }

  has(...meanings: readonly Meaning[]): boolean {
    return meanings.every((meaning) => this.#named.has(meaning));
  }

  get(meaning: Meaning): FieldValue | undefined {
    return this.#named.get(meaning);
  }

  get name(): string | null {
    return text(this.#named.get('name') ?? this.#text);
  }

  /** The number of unnamed numeric arguments. */
  get positional(): number {
    return this.#numbers.length;
  }

  /** Bytes of all seven sections, and of the two with code; null unless the probe reads all. */
  get memory(): { memory: number; text: number } | null {
    if (!this.#sections || this.#sections.size < SECTION_COUNT) return null;
    let memory = 0;
    for (const size of this.#sections.values()) memory += size;
    return { memory, text: (this.#sections.get('text') ?? 0) + (this.#sections.get('init_text') ?? 0) };
  }
}
