// SPDX-License-Identifier: Apache-2.0
/** The kernel's module loader (kernel/module/main.c), step by step, for calls that run side by side. */
import type { Dice } from './dice.js';
import { since } from './machine.js';
import * as messages from './messages.js';
import type { Routine, Schedule } from './schedule.js';
import type { Call, Defect, Kernel, Module, Phase, Step, Task, What } from './types.js';

type State = 'unformed' | 'coming' | 'live' | 'going';

const EINTR = -4;
const ENOMEM = -12;
const EBUSY = -16;
const EEXIST = -17;
const EINVAL = -22;
const ENOEXEC = -8;
const EPERM = -1;
const ERESTARTSYS = -512;

/** Errors of what the early checks refuse; `named`: the name was read by then. */
const EARLY: Partial<Record<Defect, { readonly ret: number; readonly named: boolean }>> = {
  elf: { ret: ENOEXEC, named: false },
  signature: { ret: -129, named: false },
  lockdown: { ret: EPERM, named: false },
  vermagic: { ret: ENOEXEC, named: true },
  blacklist: { ret: EPERM, named: true },
};

/** Errors of what fails after the module was laid out. */
const LATE: Partial<Record<Defect, number>> = {
  'unknown-symbol': -2,
  'symbol-version': EINVAL,
  percpu: ENOMEM,
  parameter: EINVAL,
  relocation: ENOEXEC,
};

export class Loader {
  readonly steps: Step[] = [];
  readonly calls: Call[] = [];
  readonly #states = new Map<string, State>();
  /** Loads in flight by file (`idempotent_init_module`). */
  readonly #running = new Map<string, { ret: number | null }>();

  constructor(
    readonly kernel: Kernel,
    readonly schedule: Schedule,
    readonly dice: Dice,
  ) {}

  isLive(module: Module): boolean {
    return this.#states.get(module.name) === 'live';
  }

  record(task: { readonly pid: number; readonly comm: string }, what: What): void {
    const t = this.schedule.tick();
    this.steps.push({ t, cpu: this.dice.int(0, this.kernel.cpus - 1), pid: task.pid, comm: task.comm, what });
  }

  print(task: Task, lines: readonly messages.Message[]): void {
    for (const [level, text] of lines) this.record(task, { is: 'printk', level, text });
  }

  *finit(task: Task, module: Module, path: string, flags: number): Routine<Call> {
    const call = this.#enter('finit_module', task, module, path, flags, 0);
    if (!task.capable) return this.#leave(call, EPERM, 'refused');
    if (!since(this.kernel, 6, 5)) return this.#leave(call, yield* this.#fromFile(call));
    const other = this.#running.get(path);
    if (!other) {
      const own: { ret: number | null } = { ret: null };
      this.#running.set(path, own);
      own.ret = yield* this.#fromFile(call);
      this.#running.delete(path);
      return this.#leave(call, own.ret);
    }
    let interrupted = since(this.kernel, 6, 11) && this.dice.percent(2);
    if (interrupted) yield this.dice.int(10, 500);
    else yield () => other.ret !== null;
    interrupted &&= other.ret === null;
    return this.#leave(call, interrupted ? EINTR : (other.ret ?? 0), 'coalesced');
  }

  *init(task: Task, module: Module, path: string): Routine<Call> {
    const empty = module.defect === 'empty-file';
    const len = empty ? 0 : fileBytes(module, this.kernel);
    const call = this.#enter('init_module', task, module, path, 0, len);
    if (!task.capable) return this.#leave(call, EPERM, 'refused');
    yield this.dice.int(20, 900);
    const early = empty ? ENOEXEC : module.defect === 'read-memory' ? ENOMEM : 0;
    if (early !== 0) {
      if (early === ENOMEM) this.print(task, messages.noMemory(this.kernel, task, len, false));
      this.#charge(call, 'kread', len);
      return this.#leave(call, early);
    }
    this.record(task, { is: 'postload', call });
    return this.#leave(call, yield* this.#load(call, len));
  }

  #enter(
    syscall: Call['syscall'],
    task: Task,
    module: Module,
    path: string,
    flags: number,
    len: number,
  ): Call {
    const call: Call = {
      ...{ syscall, task, module, path, flags, len, start: this.schedule.now + 1, end: 0, ret: 0 },
      ...{
        outcome: 'loaded',
        phase: null,
        charged: 0,
        chargedAt: 0,
        image: null,
        compressed: 0,
        reason: null,
      },
    };
    this.calls.push(call);
    this.record(task, { is: 'enter', call });
    return call;
  }

  #leave(call: Call, ret: number, outcome?: Call['outcome']): Call {
    call.ret = ret;
    if (outcome) call.outcome = outcome;
    else if (ret < 0 && call.reason === null) call.outcome = 'failed';
    this.record(call.task, { is: 'exit', call });
    call.end = this.schedule.now;
    return call;
  }

  #charge(call: Call, phase: Phase, bytes: number): void {
    call.phase = phase;
    call.charged = bytes;
    call.chargedAt = this.schedule.now;
  }

  /** init_module_from_file */
  *#fromFile(call: Call): Routine<number> {
    const { module, task, flags } = call;
    const packed = (flags & 4) !== 0;
    yield this.dice.int(20, 3_000);
    const size = packed ? module.compressed : fileBytes(module, this.kernel);
    const failed = module.defect === 'empty-file' ? EINVAL : module.defect === 'read-memory' ? ENOMEM : 0;
    if (failed === ENOMEM) this.print(task, messages.noMemory(this.kernel, task, size, false));
    const id = packed && since(this.kernel, 7, 0) ? 7 : 2;
    this.record(task, { is: 'read', call, ret: failed === 0 ? size : failed, id });
    if (failed !== 0) {
      this.#charge(call, 'kread', 0);
      return failed;
    }
    const len = fileBytes(module, this.kernel);
    if (packed) {
      yield this.dice.int(100, 20_000);
      const ret = module.defect === 'corrupt-archive' ? EINVAL : 0;
      if (ret !== 0) this.print(task, [[3, 'decompression failed with status 7']]);
      call.compressed = module.compressed;
      this.record(task, { is: 'decompress', call, ret, len });
      if (ret !== 0) {
        this.#charge(call, 'decompress', module.compressed);
        return ret;
      }
    }
    return yield* this.#load(call, len);
  }

  /** load_module */
  *#load(call: Call, len: number): Routine<number> {
    const { task, module } = call;
    const { name, defect } = module;
    this.record(task, { is: 'load', call, len });
    call.image = module.image;
    const failing = function* (this: Loader, late: boolean, ret: number, named = true): Routine<number> {
      yield this.dice.int(5, 300);
      this.record(task, { is: 'charge', call, late, named, image: module.image });
      this.#charge(call, late ? 'load' : 'becoming', module.image * (late ? 2 : 1) + call.compressed);
      this.record(task, { is: 'loadret', call, len: module.image, ret });
      return ret;
    }.bind(this);

    yield this.dice.int(50, 5_000);
    const early = defect === null ? undefined : EARLY[defect];
    if (early) {
      this.print(task, messages.refusal(this.kernel, task, module));
      return yield* failing(false, early.ret, early.named);
    }
    const known = yield* this.#patient(call, false);
    if (known !== 0) return yield* failing(false, known);
    yield this.dice.int(20, 2_000);
    if (defect === 'layout-memory') {
      this.print(task, messages.noMemory(this.kernel, task, module.memory, true));
      return yield* failing(false, ENOMEM);
    }
    const raced = yield* this.#patient(call, true);
    if (raced !== 0) return yield* failing(true, raced);
    this.#states.set(name, 'unformed');
    yield this.dice.int(100, 4_000);
    const late = defect === null ? undefined : LATE[defect];
    if (late !== undefined) {
      this.print(task, messages.refusal(this.kernel, task, module));
      this.#states.delete(name);
      return yield* failing(true, late);
    }
    this.#states.set(name, 'coming');
    this.record(task, { is: 'module_load', module: name });
    const ret = yield* this.#runInit(call);
    this.record(task, { is: 'loadret', call, len: module.image, ret });
    return ret;
  }

  /** do_init_module */
  *#runInit(call: Call): Routine<number> {
    const { task, module } = call;
    const debug = this.kernel.initcallDebug;
    const what = `${module.name}_init+0x0/0x1000 [${module.name}]`;
    if (debug) this.print(task, [[7, `calling  ${what} @ ${task.pid}`]]);
    yield module.initUs;
    const { initResult } = module;
    if (debug)
      this.print(task, [[7, `initcall ${what} returned ${initResult} after ${module.initUs} usecs`]]);
    if (initResult === 0) {
      this.#states.set(module.name, 'live');
      return 0;
    }
    this.#states.set(module.name, 'going');
    yield this.dice.int(5, 400);
    this.record(task, { is: 'module_free', module: module.name });
    this.#states.delete(module.name);
    call.phase = 'init';
    return initResult === EEXIST && since(this.kernel, 7, 0) ? EBUSY : initResult;
  }

  /** module_patient_check_exists; 0 where no such module is there. */
  *#patient(call: Call, late: boolean): Routine<number> {
    const { task, module } = call;
    const state = () => this.#states.get(module.name);
    let ret = 0;
    if (state() !== undefined) {
      const isLoading = () => state() === 'unformed' || state() === 'coming';
      if (isLoading()) {
        if (this.dice.percent(1)) {
          yield this.dice.int(10, 500);
          this.record(task, { is: 'patient', call, late, ret: ERESTARTSYS });
          return ERESTARTSYS;
        }
        yield () => !isLoading();
      }
      ret = state() === 'live' ? EEXIST : EBUSY;
      this.record(task, { is: 'listed', call, late });
      call.reason = late ? 'Load' : 'Becoming';
      call.outcome = 'duplicate';
    }
    this.record(task, { is: 'patient', call, late, ret });
    return ret;
  }
}

/** What lies on the disk, uncompressed. */
export function fileBytes({ image, defect }: Module, { signature }: Kernel): number {
  return image + (defect === 'elf' || defect === 'lockdown' ? 0 : signature);
}
