// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel configuration (/proc/config.gz, /boot/config-RELEASE): options that decide what a kernel counts, what it can
 * trace, and what a load costs. An option missing from a whole file is off, because a dependency is.
 */
import type { IngestContext, LineIngester, LineSink } from '../ingester.js';
import { baseName, sniffForms } from './sniff.js';

/** Kconfig names without CONFIG_; missing ones are emitted in this order. */
const KERNEL_OPTIONS: readonly string[] = [
  'MODULES',
  'MODULE_DEBUG',
  'MODULE_STATS',
  'MODULE_DEBUG_AUTOLOAD_DUPS',
  'MODULE_DEBUG_AUTOLOAD_DUPS_TRACE',
  'MODULE_DECOMPRESS',
  'MODULE_COMPRESS',
  'MODULE_SIG',
  'MODULE_SIG_FORCE',
  'MODULE_UNLOAD',
  'MODVERSIONS',
  'DEBUG_FS',
  'FTRACE_SYSCALLS',
  'KPROBE_EVENTS',
  'FPROBE',
  'FPROBE_EVENTS',
  'PRINTK_CALLER',
  'PRINTK_TIME',
];

// # Linux/x86 6.12.117 Kernel Configuration
const HEAD = /^# Linux\/\S{1,32} (\S{1,80}) Kernel Configuration$/;
// CONFIG_MODULES=y     # CONFIG_MODULE_STATS is not set
const OPTION = /^(?:[^\s:]{0,200}:)?(?:CONFIG_(\w{1,80})=(.{0,200})|# CONFIG_(\w{1,80}) is not set)$/;
// /boot/config-6.12.117+deb13-amd64
const FILE_NAME = /^config-(\d+\.\d+.*)$/;
/** A file with fewer options is a part, such as grep output. */
const WHOLE_OPTIONS = 500;

class KernelConfig implements LineSink {
  readonly #context: IngestContext;
  readonly #missing = new Set(KERNEL_OPTIONS);
  #release: string | null;
  #headLine: number | null = null;
  #options = 0;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#release = FILE_NAME.exec(baseName(context.path))?.[1] ?? null;
  }

  line(text: string, line: number): void {
    const release = HEAD.exec(text)?.[1];
    if (release !== undefined) {
      this.#headLine = line;
      this.#release ??= release;
    }
    const [, set, value = 'n', unset] = OPTION.exec(text) ?? [];
    const name = set ?? unset;
    if (name === undefined) return;
    this.#options += 1;
    if (this.#missing.delete(name)) this.#emit(name, value, line);
  }

  end(): void {
    const line = this.#headLine;
    if (line === null || this.#options < WHOLE_OPTIONS) return;
    for (const name of this.#missing) this.#emit(name, 'n', line);
  }

  #emit(name: string, value: string, line: number): void {
    this.#context.emit({ kind: 'kernel-option', line, t: null, name, value, release: this.#release });
  }
}

export const kernelConfig: LineIngester = {
  name: 'kernel-config',
  title: "the kernel's configuration (/proc/config.gz, /boot/config-RELEASE)",
  priority: 576,
  most: 88,
  places: [
    'proc/config.gz',
    'proc/config',
    'boot/config-*',
    'lib/modules/*/config',
    'usr/lib/modules/*/config',
  ],
  reads: 'lines',
  // The number of options tells a whole file from a part.
  needles: null,
  sniff: (head) =>
    sniffForms(head, [
      {
        form: 'kernel configuration',
        line: /^(?:\S{0,80}:)?(?:# )?CONFIG_\w{1,80}(?:=| is not set$)/,
        also: /^(?:#|CONFIG_)/,
        share: 90,
        confidence: 88,
        word: 'CONFIG',
      },
    ]),
  start: (context) => new KernelConfig(context),
};
