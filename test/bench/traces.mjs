// SPDX-License-Identifier: Apache-2.0
/** Seeded ftrace text: a busy machine's trace in which one line in a thousand is about modules, and one of modules only. */
import { randomFrom } from './random.mjs';

const HEAD = `# tracer: nop
#
# entries-in-buffer/entries-written: 0/0   #P:8
#
#                                _-----=> irqs-off/BH-disabled
#                               / _----=> need-resched
#                              | / _---=> hardirq/softirq
#                              || / _--=> preempt-depth
#                              ||| / _-=> migrate-disable
#                              |||| /     delay
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
`;

const MODULES = Array.from({ length: 400 }, (_, index) => `drv_${(index * 7919) % 400}_core`);
const COMMS = [
  'kworker/u16:2',
  'systemd',
  'Xorg',
  'postgres',
  'nginx',
  'rcu_preempt',
  'ksoftirqd/3',
  'python3',
];
const GFP = ['GFP_KERNEL', 'GFP_ATOMIC', 'GFP_KERNEL|__GFP_ZERO'];

/** What the scheduler, interrupts, timers, the allocator and system calls print. */
const BUSY = [
  (r) =>
    `sched_switch: prev_comm=${r.pick(COMMS)} prev_pid=${r.below(9999)} prev_prio=120 prev_state=S ==> next_comm=${r.pick(COMMS)} next_pid=${r.below(9999)} next_prio=120`,
  (r) => `sched_waking: comm=${r.pick(COMMS)} pid=${r.below(9999)} prio=120 target_cpu=00${r.below(8)}`,
  (r) => `sched_wakeup: comm=${r.pick(COMMS)} pid=${r.below(9999)} prio=120 target_cpu=00${r.below(8)}`,
  (r) => `irq_handler_entry: irq=${r.below(64)} name=virtio${r.below(9)}-input.0`,
  (r) => `irq_handler_exit: irq=${r.below(64)} ret=handled`,
  () => 'softirq_entry: vec=1 [action=TIMER]',
  () => 'softirq_raise: vec=9 [action=RCU]',
  (r) =>
    `hrtimer_start: hrtimer=00000000${hex(r)} function=tick_nohz_handler expires=${r.below(4e9)} softexpires=${r.below(4e9)} mode=ABS`,
  (r) => `hrtimer_cancel: hrtimer=00000000${hex(r)}`,
  (r) =>
    `kmem_cache_alloc: call_site=__alloc_skb+0x6e/0x1a0 ptr=00000000${hex(r)} bytes_req=256 bytes_alloc=256 gfp_flags=${r.pick(GFP)} node=-1 accounted=false`,
  (r) => `kfree: call_site=skb_release_data+0x10d/0x1e0 ptr=00000000${hex(r)}`,
  (r) => `sys_openat(dfd: ffffff9c, filename: 7f${hex(r)}, flags: 80000, mode: 0)`,
  (r) => `sys_read -> 0x${r.below(65536).toString(16)}`,
  (r) => `net_dev_queue: dev=eth0 skbaddr=00000000${hex(r)} len=${r.below(1500)}`,
];

const hex = (r) =>
  r
    .below(2 ** 32)
    .toString(16)
    .padStart(8, '0');

/** One line after another; the clock of all CPUs goes on with each. */
class Trace {
  #random;
  #micros = 1_000_000;
  /** Loads whose end is to come. */
  #pending = [];

  constructor(seed) {
    this.#random = randomFrom(seed);
  }

  #line(comm, pid, text) {
    this.#micros += 1 + this.#random.below(3);
    const seconds = Math.floor(this.#micros / 1e6);
    const fraction = String(this.#micros % 1e6).padStart(6, '0');
    return `${comm.padStart(16)}-${String(pid).padEnd(7)} [00${pid % 8}] ..... ${String(seconds).padStart(5)}.${fraction}: ${text}\n`;
  }

  busy() {
    const random = this.#random;
    return this.#line(random.pick(COMMS), random.below(9999), random.pick(BUSY)(random));
  }

  /** The next line of one of the loads that run side by side. */
  module() {
    if (this.#pending.length < 8) this.#pending.push(this.#load());
    const index = this.#random.below(this.#pending.length);
    const load = this.#pending[index];
    const line = this.#line('(udev-worker)', load.pid, load.lines.shift());
    if (load.lines.length === 0) this.#pending.splice(index, 1);
    return line;
  }

  #load() {
    const random = this.#random;
    const module = random.pick(MODULES);
    const pid = 300 + random.below(60_000);
    const enter = `sys_finit_module(fd: ${3 + random.below(9)}, uargs: 7f${hex(random)}, flags: 0)`;
    if (random.below(3) === 0) return { pid, lines: [enter, 'sys_finit_module -> 0xffffffffffffffef'] };
    const load = { pid, lines: [enter, `module_load: ${module} `, 'sys_finit_module -> 0x0'] };
    if (random.below(4) === 0) load.lines.push(`module_free: ${module}`);
    if (random.below(2) === 0)
      load.lines.unshift(`module_request: ${module} wait=1 call_site=__request_region`);
    return load;
  }
}

/** A trace of `bytes` bytes, one line in a thousand about modules. */
export function* busyTrace(bytes, seed) {
  const trace = new Trace(seed);
  let left = bytes - HEAD.length;
  let number = 0;
  yield HEAD;
  while (left > 0) {
    let text = '';
    while (text.length < 1 << 20 && text.length < left)
      text += number++ % 1000 === 500 ? trace.module() : trace.busy();
    left -= text.length;
    yield text;
  }
}

/** A trace of `events` lines, all of them about modules. */
export function* moduleTrace(events, seed) {
  const trace = new Trace(seed);
  yield HEAD;
  for (let number = 0; number < events; ) {
    let text = '';
    for (const end = Math.min(events, number + 10_000); number < end; number++) text += trace.module();
    yield text;
  }
}
