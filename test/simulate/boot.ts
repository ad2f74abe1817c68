// SPDX-License-Identifier: Apache-2.0
/** A boot: udev's coldplug, what runs beside it, and what the kernel asks for. */
import { Dice } from './dice.js';
import { Loader } from './loader.js';
import { anyKernel, anyModules } from './machine.js';
import { type Routine, Schedule } from './schedule.js';
import type { Call, History, Kernel, Module, Task } from './types.js';

/** Who asks for a module, by an alias, in the kernel. */
const SITES = ['__sock_create', 'ksys_mount', '__get_fs_type', 'crypto_larval_lookup', 'blk_request_module'];

export function boot(seed: number, wanted?: Kernel): History {
  const dice = new Dice(seed);
  const kernel = wanted ?? anyKernel(dice);
  const modules = anyModules(dice, kernel, dice.percent(75));
  const schedule = new Schedule(dice.int(1_500_000, 9_000_000));
  const loader = new Loader(kernel, schedule, dice);
  new Boot(loader, modules).start();
  schedule.run();
  return { seed, kernel, modules, calls: loader.calls, steps: loader.steps };
}

class Boot {
  #pid = 200;

  constructor(
    readonly loader: Loader,
    readonly modules: readonly Module[],
  ) {}

  get dice(): Dice {
    return this.loader.dice;
  }

  start(): void {
    const { dice, modules } = this;
    const { schedule } = this.loader;
    const kinds = [
      () => this.#modprobe(),
      () => this.#insmod(),
      () => this.#request(),
      () => this.#container(),
    ];
    const udevd = { pid: ++this.#pid, comm: 'systemd-udevd' };
    const workers = dice.percent(80) ? dice.int(1, dice.pick([3, 10])) : 0;
    for (let worker = 0; worker < workers; worker++) schedule.start(this.#udev(udevd), dice.int(0, 30_000));
    if (dice.percent(30)) schedule.start(this.#service(dice.some(modules, 40)), dice.int(0, 20_000));
    for (let more = dice.int(0, 5); more > 0; more--)
      schedule.start(dice.pick(kinds)(), dice.int(0, 300_000));
  }

  #fork(parent: { pid: number; comm: string }, comm: string, kind: Task['kind'], capable = true): Task {
    const task: Task = { pid: ++this.#pid, comm, kind, capable };
    this.loader.record(parent, { is: 'fork', child: task, parentComm: parent.comm, childComm: parent.comm });
    return task;
  }

  *#udev(udevd: { pid: number; comm: string }): Routine {
    const worker = this.#fork(udevd, '(udev-worker)', 'udev');
    const mine = this.dice.some(this.modules, 60);
    for (const module of mine) {
      yield this.dice.int(10, 4_000);
      yield* this.#loadWith(worker, module, 40);
    }
  }

  *#service(modules: readonly Module[]): Routine {
    const task = this.#fork({ pid: 1, comm: 'systemd' }, 'systemd-modules', 'systemd-modules-load');
    this.loader.record(task, { is: 'exec', file: '/usr/lib/systemd/systemd-modules-load' });
    for (const module of modules) yield* this.#loadWith(task, module, 90);
  }

  *#modprobe(): Routine {
    const shell = { pid: ++this.#pid, comm: this.dice.pick(['sh', 'bash', 'kdump-tools']) };
    const task = this.#fork(shell, 'modprobe', 'modprobe');
    this.loader.record(task, { is: 'exec', file: '/sbin/modprobe' });
    yield* this.#loadWith(task, this.dice.pick(this.modules), 50);
  }

  *#insmod(): Routine {
    const task = this.#fork({ pid: ++this.#pid, comm: 'bash' }, 'insmod', 'insmod');
    this.loader.record(task, { is: 'exec', file: '/sbin/insmod' });
    const module = this.dice.pick(this.modules);
    yield this.dice.int(100, 5_000);
    yield* this.loader.finit(task, module, `/root/${module.name}.ko`, 0);
  }

  /** A container sees the same modules as files of its own; some may not load any. */
  *#container(): Routine {
    const runtime = { pid: ++this.#pid, comm: 'runc:[2:INIT]' };
    const capable = this.dice.percent(60);
    const comm = this.dice.pick(['kube-proxy', 'dockerd', 'modprobe']);
    const task = this.#fork(runtime, comm, comm === 'modprobe' ? 'modprobe' : 'other', capable);
    this.loader.record(task, { is: 'exec', file: `/usr/sbin/${comm}` });
    for (const module of this.dice.some(this.modules, 30))
      yield* this.#loadWith(task, module, 20, `/overlay/${task.pid}`);
  }

  /** request_module: the kernel has modprobe run for a name, in a task of its own. */
  *#request(): Routine {
    const { loader, dice } = this;
    const module = dice.pick(this.modules);
    const asker = { pid: ++this.#pid, comm: dice.pick(['mount', 'snmpd', 'bluetoothd', 'cryptsetup']) };
    loader.record(asker, { is: 'request', name: `fs-${module.name}`, site: dice.pick(SITES) });
    yield dice.int(100, 900);
    const task = this.#fork({ pid: 56, comm: 'kworker/u32:1' }, 'modprobe', 'kernel');
    yield dice.int(100, 900);
    loader.record(task, { is: 'exec', file: '/sbin/modprobe' });
    yield dice.int(100, 9_000);
    yield* this.#loadWith(task, module, 60);
  }

  /** As libkmod does: what a module needs first; what is live already is mostly skipped. */
  *#loadWith(task: Task, module: Module, skips: number, root = ''): Routine {
    for (const one of [...module.needs, module]) {
      if (this.loader.isLive(one) && this.dice.percent(skips)) continue;
      const call = yield* this.#loadOne(task, one, root);
      if (call.ret < 0 && call.ret !== -17) return;
      yield this.dice.int(10, 300);
    }
  }

  *#loadOne(task: Task, module: Module, root: string): Routine<Call> {
    const { storage, release } = this.loader.kernel;
    const how = storage === 'mixed' ? this.dice.pick(['plain', 'kernel', 'user']) : storage;
    const path = `${root}/lib/modules/${release}/kernel/${module.name}.ko`;
    if (how === 'plain') return yield* this.loader.finit(task, module, path, 0);
    if (how === 'kernel') return yield* this.loader.finit(task, module, `${path}.xz`, 4);
    return yield* this.loader.init(task, module, `${path}.xz`);
  }
}
