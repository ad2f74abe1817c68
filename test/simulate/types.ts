// SPDX-License-Identifier: Apache-2.0
/** What a simulated boot is made of. Times are microseconds since boot. */

export interface Kernel {
  readonly release: string;
  readonly version: readonly [major: number, minor: number];
  readonly arch: 'x86_64' | 'aarch64' | 'i686';
  readonly bits: 32 | 64;
  readonly page: number;
  readonly cpus: number;
  /** CONFIG_MODULE_STATS. */
  readonly stats: boolean;
  /** CONFIG_MODULE_DEBUG_AUTOLOAD_DUPS. */
  readonly autoloadDups: boolean;
  /** Bytes that the build appends to each module: signature and marker; 0 where modules are unsigned. */
  readonly signature: number;
  /** How the root file system keeps modules, and who unpacks them. */
  readonly storage: 'plain' | 'kernel' | 'user' | 'mixed';
  /** initcall_debug. */
  readonly initcallDebug: boolean;
}

/** What is wrong with a module or its file. */
export type Defect =
  | 'elf'
  | 'signature'
  | 'vermagic'
  | 'blacklist'
  | 'lockdown'
  | 'layout-memory'
  | 'unknown-symbol'
  | 'symbol-version'
  | 'percpu'
  | 'parameter'
  | 'relocation'
  | 'init'
  | 'empty-file'
  | 'read-memory'
  | 'corrupt-archive';

export interface Module {
  readonly name: string;
  /** `info->len` after the signature was cut off. */
  readonly image: number;
  /** Length of the compressed file. */
  readonly compressed: number;
  /** Memory once it is live, and its text. */
  readonly memory: number;
  readonly text: number;
  readonly needs: readonly Module[];
  /** How long its init takes. */
  readonly initUs: number;
  readonly defect: Defect | null;
  /** What its init returns. */
  readonly initResult: number;
}

export interface Task {
  readonly pid: number;
  /** The name that a trace prints: the last one. */
  readonly comm: string;
  readonly kind: 'kernel' | 'udev' | 'systemd-modules-load' | 'modprobe' | 'insmod' | 'other';
  /** May load modules at all. */
  readonly capable: boolean;
}

export type Phase = 'kread' | 'decompress' | 'becoming' | 'load';
type Outcome = 'loaded' | 'duplicate' | 'coalesced' | 'failed' | 'refused';

/** One call, and what became of it. */
export interface Call {
  readonly task: Task;
  readonly syscall: 'finit_module' | 'init_module';
  readonly module: Module;
  readonly path: string;
  readonly flags: number;
  /** The length that init_module was given. */
  readonly len: number;
  readonly start: number;
  end: number;
  ret: number;
  outcome: Outcome;
  phase: Phase | 'init' | null;
  /** Bytes that the kernel charges, or would. */
  charged: number;
  /** When it was charged. */
  chargedAt: number;
  image: number | null;
  compressed: number;
  reason: 'Becoming' | 'Load' | null;
}

/** What one record of a trace or one message says. */
export type What =
  | { readonly is: 'enter' | 'exit'; readonly call: Call }
  | { readonly is: 'read'; readonly call: Call; readonly ret: number; readonly id: number }
  | { readonly is: 'decompress'; readonly call: Call; readonly ret: number; readonly len: number }
  | { readonly is: 'postload'; readonly call: Call }
  | { readonly is: 'load'; readonly call: Call; readonly len: number }
  | { readonly is: 'patient'; readonly call: Call; readonly late: boolean; readonly ret: number }
  | { readonly is: 'listed'; readonly call: Call; readonly late: boolean }
  | {
      readonly is: 'charge';
      readonly call: Call;
      readonly late: boolean;
      readonly named: boolean;
      readonly image: number;
    }
  | { readonly is: 'loadret'; readonly call: Call; readonly len: number; readonly ret: number }
  | { readonly is: 'module_load' | 'module_free'; readonly module: string }
  | { readonly is: 'request'; readonly name: string; readonly site: string }
  | { readonly is: 'fork'; readonly child: Task; readonly parentComm: string; readonly childComm: string }
  | { readonly is: 'exec'; readonly file: string }
  | { readonly is: 'printk'; readonly level: number; readonly text: string };

export interface Step {
  readonly t: number;
  readonly cpu: number;
  readonly pid: number;
  readonly comm: string;
  readonly what: What;
}

/** A boot as it happened. */
export interface History {
  readonly seed: number;
  readonly kernel: Kernel;
  readonly modules: readonly Module[];
  readonly calls: readonly Call[];
  readonly steps: readonly Step[];
}
