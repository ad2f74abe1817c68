// SPDX-License-Identifier: Apache-2.0
/**
 * The rows of the canned queries as objects, made from the heads in queries/ (UPDATE_DOCS=1 npx vitest run test/docs).
 * INTEGER is a bigint, SECONDS exact decimal text; null is unknown.
 */
export interface QueryRows {
  /** Advice per boot, most savings first; hangs, refusals and exhausted memory come before the rest. */
  'advice': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** 1 saves most */
    readonly rank: bigint | null;
    /** one-requester, one-per-cpu, user-space-decompression, live-modules, kernel-without-coalescing, kernel-decompression, duplicates, unnamed-failures, signature, lockdown, vermagic, relocation, btf, failed-loads, unexplained-failures, failed-inits, percpu-exhausted, vmalloc-exhausted, memory-exhausted, stuck-loads, crashed-loads, throttling, failed-units, failed-requests, missing-modules, failed-commands, unsupported-modules, refused-inits, slow-inits or repeated-requests */
    readonly kind: string | null;
    /** bytes that it would save, at least; NULL where unknown (bytes) */
    readonly saves_low: bigint | null;
    /** bytes that it would save, at most; NULL: no bound (bytes) */
    readonly saves_high: bigint | null;
    /** measured, derived, bounded or estimated */
    readonly basis: string | null;
    /** attempts, requests or allocations concerned (calls) */
    readonly calls: bigint | null;
    /** the three most expensive modules or requested names */
    readonly modules: string | null;
    /** the three most expensive callers, tasks or units */
    readonly who: string | null;
    /** what to do, and why */
    readonly text: string | null;
    /** canned query that shows it */
    readonly evidence: string | null;
  };
  /** Modules loaded for the names that the kernel requested, per boot, requested name and module. */
  'aliases': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** name or alias requested */
    readonly requested: string | null;
    /** kernel function that requested it */
    readonly call_site: string | null;
    /** module that the request's modprobe loaded, including dependencies */
    readonly module: string | null;
    /** attempts for that module (calls) */
    readonly attempts: bigint | null;
    /** successful attempts among them (calls) */
    readonly loaded: bigint | null;
    /** duplicates among them (calls) */
    readonly duplicates: bigint | null;
    /** bytes charged to them; a lower bound where some are only bounded (bytes) */
    readonly wasted_bytes: bigint | null;
    /** 1 where only this request can have started the modprobe, else 0 */
    readonly certain: bigint | null;
  };
  /** Failed allocations, each once, with the requesting task and the outcome of its load. */
  'allocation-failures': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** time of the first message about it (s) */
    readonly t: string | null;
    /** kind: vmap (the vmalloc area), execmem, percpu or pages */
    readonly what: string | null;
    /** bytes requested, by the first message that gives them; NULL where none does (bytes) */
    readonly bytes: bigint | null;
    /** task that allocated, where known */
    readonly comm: string | null;
    /** its thread, where known */
    readonly pid: bigint | null;
    /** module that it was for, where known */
    readonly module: string | null;
    /** by the stack trace: read (the file's buffer), image (the load's own memory; without either it fails), load (other memory of a load), init (a module's init asked) or other (BPF's JIT, kprobes or ftrace, which share the area); NULL where unknown */
    readonly during: string | null;
    /** failed or loaded: outcome of the load; NULL where unknown */
    readonly load_outcome: string | null;
    /** messages about failed allocations that the kernel had suppressed by then */
    readonly suppressed: bigint | null;
    /** the first message */
    readonly message: string | null;
    /** source of the evidence */
    readonly source: bigint | null;
    /** line in that source */
    readonly line: bigint | null;
  };
  /** All attempts (finit_module and init_module calls), in order of time. */
  'attempts': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** number of the attempt within the boot */
    readonly attempt: bigint | null;
    /** start; seconds since boot where the clock allows (s) */
    readonly t: string | null;
    /** calling thread */
    readonly pid: bigint | null;
    /** its name */
    readonly comm: string | null;
    /** kernel, udev, systemd-modules-load, systemd, modprobe, insmod, init, other, unknown */
    readonly requester: string | null;
    /** module, where known */
    readonly module: string | null;
    /** kread, decompress, becoming, load: charged there (before 6.4 and on stock kernels: would be); init: its init failed, charged nowhere; NULL where unknown */
    readonly phase: string | null;
    /** loaded, duplicate, coalesced (6.5 and later: shared another attempt's load), failed, refused or unknown */
    readonly outcome: string | null;
    /** error number; 0 for success; NULL where unknown (errno) */
    readonly errno: bigint | null;
    /** L, the uncompressed image without its signature, where known exactly (bytes) */
    readonly image_bytes: bigint | null;
    /** C, the compressed file; 0 for an uncompressed one (bytes) */
    readonly compressed_bytes: bigint | null;
    /** bytes charged; a lower bound where basis is bounded; NULL where unknown (bytes) */
    readonly wasted_bytes: bigint | null;
    /** measured, bounded, or derived (the log says the phase) */
    readonly basis: string | null;
    /** source of its first event */
    readonly source: bigint | null;
    /** line in that source */
    readonly line: bigint | null;
  };
  /** Modules that the kernel requested (request_module), per boot and requested name, most duplicates first. */
  'autoload': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** name or alias requested */
    readonly requested: string | null;
    /** kernel functions that requested it, comma separated */
    readonly call_site: string | null;
    /** requests; NULL where only messages about duplicate, failed or denied requests are known (calls) */
    readonly requests: bigint | null;
    /** requests for a name whose request was running, or had ended less than 60 s before (calls) */
    readonly duplicate_requests: bigint | null;
    /** requesting tasks, comma separated */
    readonly comm: string | null;
    /** time of the first (s) */
    readonly first_t: string | null;
  };
  /** All boots, oldest first. */
  'boots': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** boot id of the journal, or label in a text (Before, patched), where known */
    readonly label: string | null;
    /** kernel release */
    readonly kernel: string | null;
    /** hardware or architecture, where known */
    readonly machine: string | null;
    /** CPUs */
    readonly cpus: bigint | null;
    /** wall-clock start, UTC */
    readonly started: string | null;
    /** time since boot of the last record (s) */
    readonly duration_s: string | null;
    /** successful loads (calls) */
    readonly modules_loaded: bigint | null;
    /** failed loads; a lower bound where the evidence is incomplete (calls) */
    readonly failures: bigint | null;
    /** virtual memory wasted; a lower bound where the evidence is incomplete (bytes) */
    readonly wasted_bytes: bigint | null;
    /** number of its sources */
    readonly sources: bigint | null;
    /** 1 where no evidence is known to be missing, else 0 */
    readonly complete: bigint | null;
    /** failed loads, at most; NULL: no bound (calls) */
    readonly failures_high: bigint | null;
    /** virtual memory wasted, at most; NULL: no bound (bytes) */
    readonly wasted_bytes_high: bigint | null;
  };
  /** Programs that made attempts, and their parents, per boot, most waste first. */
  'callers': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** kind of caller, as in requesters */
    readonly requester: string | null;
    /** name of the calling task */
    readonly comm: string | null;
    /** name of its parent task; NULL where the trace holds no fork of it */
    readonly parent_comm: string | null;
    /** attempts: finit_module and init_module calls (calls) */
    readonly attempts: bigint | null;
    /** successful attempts (calls) */
    readonly loaded: bigint | null;
    /** attempts for a module that was already loaded or loading (calls) */
    readonly duplicates: bigint | null;
    /** attempts that waited for another attempt's load, at no cost (calls) */
    readonly coalesced: bigint | null;
    /** other failures, including failed inits (calls) */
    readonly failed: bigint | null;
    /** bytes charged to its attempts; a lower bound where some are only bounded (bytes) */
    readonly wasted_bytes: bigint | null;
    /** total time in its duplicates and other failures (s) */
    readonly failed_time_s: string | null;
    /** total waiting time of its coalesced attempts (s) */
    readonly coalesced_time_s: string | null;
    /** of the bytes: measured where the trace holds all attempts and none is only bounded, else bounded */
    readonly basis: string | null;
    /** bytes charged to its attempts, at most; NULL: no bound (bytes) */
    readonly wasted_high: bigint | null;
  };
  /** What the capture script tried, what failed, and what it could not get, per boot. */
  'capture-steps': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** mount, event, probe, file or command; the evidence that is missing; the setting */
    readonly what: string | null;
    /** ok, failed, skipped, exit N (of the command), missing or setting */
    readonly result: string | null;
    /** definition, reason or value */
    readonly detail: string | null;
    /** manifest.json */
    readonly source: bigint | null;
    /** its line */
    readonly line: bigint | null;
  };
  /** What the evidence does not show, and how to capture it, per boot. */
  'capture': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** what is unknown */
    readonly what: string | null;
    /** commands and recipes, except those already used */
    readonly how: string | null;
  };
  /** Units that a boot waited for, per boot, and how long load calls failed or waited meanwhile. The boot would not save all of that time: a unit may have waited for something else as well. */
  'critical-path': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** unit name: every unit of the critical chain that took time, and every one that waits for udev or loads modules */
    readonly unit: string | null;
    /** udev (settle, coldplug, initqueue) or modules; NULL: neither is known */
    readonly awaits: string | null;
    /** 1 where systemd-analyze critical-chain has it, 0 where not; NULL where no chain is known */
    readonly on_chain: bigint | null;
    /** its start, since boot; NULL where only its duration is known (s) */
    readonly t: string | null;
    /** time that it took to start (s) */
    readonly took_s: string | null;
    /** part of took_s during which a failed or coalesced attempt was in flight, at least; NULL where no trace has times since boot (s) */
    readonly in_flight_low_s: string | null;
    /** at most (s) */
    readonly in_flight_high_s: string | null;
    /** part of took_s in which the CPUs ran failed calls and nothing else, at least, by sched_switch; NULL where it cannot be known (s) */
    readonly alone_s: string | null;
    /** measured where both ends of in_flight agree; bounded where the clocks may be apart */
    readonly basis: string | null;
    /** source that gives its time */
    readonly source: bigint | null;
    /** line */
    readonly line: bigint | null;
  };
  /** Skipped, repaired, lost and doubtful input, per code and source, worst first. */
  'diagnostics': {
    /** error, data-loss, warning or info */
    readonly severity: string | null;
    /** stable code */
    readonly code: string | null;
    /** source concerned */
    readonly source: bigint | null;
    /** first line concerned */
    readonly line: bigint | null;
    /** count */
    readonly count: bigint | null;
    /** detail, as far as known */
    readonly detail: string | null;
    /** meaning for the numbers, or what to do */
    readonly help: string | null;
  };
  /** Duplicate loads of each module and the bytes that they wasted, per boot, most bytes first. */
  'duplicates': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** module name */
    readonly module: string | null;
    /** duplicate loads; at least, where a trace lacks some of them or their names (calls) */
    readonly times: bigint | null;
    /** as the kernel prints it: Becoming, Load, Becoming & Load; NULL where unknown */
    readonly reason: string | null;
    /** those that failed in becoming, at least (calls) */
    readonly becoming_low: bigint | null;
    /** those that failed in becoming, at most; NULL: no bound (calls) */
    readonly becoming_high: bigint | null;
    /** those that failed in load, at least (calls) */
    readonly load_low: bigint | null;
    /** those that failed in load, at most; NULL: no bound (calls) */
    readonly load_high: bigint | null;
    /** L, the image without its signature, where all had one (bytes) */
    readonly image_bytes: bigint | null;
    /** C, the compressed file, where all had one; 0 for an uncompressed file (bytes) */
    readonly compressed_bytes: bigint | null;
    /** bytes wasted; exact, or an estimate where basis says estimated (bytes) */
    readonly bytes: bigint | null;
    /** bytes wasted, at least (bytes) */
    readonly bytes_low: bigint | null;
    /** bytes wasted, at most; NULL: no bound (bytes) */
    readonly bytes_high: bigint | null;
    /** fraction of the boot's wasted bytes (ratio) */
    readonly share: number | null;
    /** measured (probes), derived (arithmetic), bounded or estimated */
    readonly basis: string | null;
    /** evidence that the row rests on */
    readonly origin: string | null;
  };
  /** Kinds of evidence of each boot, and their completeness. */
  'evidence': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** kernel logs */
    readonly logs: bigint | null;
    /** snapshots of the debugfs counters */
    readonly snapshots: bigint | null;
    /** duplicate list of the newest snapshot: whole, cut (truncated), empty or absent */
    readonly list: string | null;
    /** calls: every attempt; charges: what probes recorded; loads: successful loads only */
    readonly trace: string | null;
    /** 1 where the trace is known to hold all attempts, else 0 */
    readonly trace_complete: bigint | null;
    /** why it is incomplete */
    readonly trace_reason: string | null;
    /** probed functions of the module loader */
    readonly probes: string | null;
    /** number of module files with a listed size */
    readonly file_sizes: bigint | null;
    /** 1 where failures and wasted bytes are lower bounds */
    readonly lower_bound: bigint | null;
    /** bytes wasted, at most; NULL: no bound (bytes) */
    readonly wasted_high: bigint | null;
    /** memory of the loaded modules, where known (bytes) */
    readonly module_bytes: bigint | null;
    /** where the boot starts */
    readonly source: bigint | null;
    /** line in that source */
    readonly line: bigint | null;
    /** what shows the attempts: trace, audit (records of the audit subsystem) or strace (also perf trace), comma separated */
    readonly calls: string | null;
    /** why they are lower bounds, in a sentence; NULL where their upper ends are known, or nothing says why */
    readonly lower_bound_reason: string | null;
  };
  /** Other failures (failed loads that are not duplicates), per boot, reason, module and phase, most waste first. */
  'failures': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** signature, elf, vermagic, unknown-symbol, relocation, memory, read, init, ...; other where the reason is unknown; busy: only EBUSY is known, from a duplicate whose first load failed or from the driver itself; exists: only EEXIST is known, from a duplicate or from the module's own init */
    readonly reason: string | null;
    /** module, where known */
    readonly module: string | null;
    /** phase that the kernel charges; init: the module's own init failed, charged nowhere */
    readonly phase: string | null;
    /** error number, where known (errno) */
    readonly errno: bigint | null;
    /** count (calls) */
    readonly times: bigint | null;
    /** bytes charged; a lower bound where basis is bounded (bytes) */
    readonly wasted_bytes: bigint | null;
    /** measured, derived or bounded; NULL where the bytes are unknown */
    readonly basis: string | null;
    /** time of the first (s) */
    readonly first_t: string | null;
    /** source of the evidence */
    readonly source: bigint | null;
    /** line in that source */
    readonly line: bigint | null;
  };
  /** Virtual memory that module loads held over time, per boot: one row per change, in bytes as the kernel charges them. */
  'held-timeline': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** time of the change; the row holds until the next one (s) */
    readonly t: string | null;
    /** bytes held, at least (bytes) */
    readonly held_low: bigint | null;
    /** at most; NULL: no bound (bytes) */
    readonly held_high: bigint | null;
    /** attempts that hold memory (calls) */
    readonly loads: bigint | null;
    /** held by attempts that succeed, at least (bytes) */
    readonly loaded_low: bigint | null;
    /** at most; NULL: no bound (bytes) */
    readonly loaded_high: bigint | null;
    /** held by duplicates, at least (bytes) */
    readonly duplicate_low: bigint | null;
    /** at most; NULL: no bound (bytes) */
    readonly duplicate_high: bigint | null;
    /** held by other failures, at least (bytes) */
    readonly failed_low: bigint | null;
    /** at most; NULL: no bound (bytes) */
    readonly failed_high: bigint | null;
    /** laid-out modules among the bytes held, at least (bytes) */
    readonly layout_low: bigint | null;
    /** at most; NULL: no bound (bytes) */
    readonly layout_high: bigint | null;
    /** measured where held_low and held_high agree, else bounded */
    readonly basis: string | null;
  };
  /** The most virtual memory that module loads held at once, per boot, in bytes as the kernel charges them. */
  'held': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** most bytes held at once, at least (bytes) */
    readonly peak_low: bigint | null;
    /** at most; NULL: no bound (bytes) */
    readonly peak_high: bigint | null;
    /** measured, or bounded between two records of the trace */
    readonly basis: string | null;
    /** when peak_low was first held (s) */
    readonly t: string | null;
    /** attempts that held memory then (calls) */
    readonly loads: bigint | null;
    /** module that held most then, where named */
    readonly module: string | null;
    /** bytes that it held, at least (bytes) */
    readonly module_bytes: bigint | null;
    /** bytes that successful attempts held then, at least (bytes) */
    readonly loaded_bytes: bigint | null;
    /** bytes that duplicates held then, at least (bytes) */
    readonly duplicate_bytes: bigint | null;
    /** bytes that other failures held then, at least (bytes) */
    readonly failed_bytes: bigint | null;
    /** area that was taken most: vmalloc, or modules where laid-out modules have an area of their own */
    readonly area: string | null;
    /** size of the area; NULL where unknown (bytes) */
    readonly area_bytes: bigint | null;
    /** measured, or estimated by the architecture */
    readonly area_basis: string | null;
    /** most bytes held in that area at once, at least (bytes) */
    readonly area_peak_low: bigint | null;
    /** at most; NULL: no bound (bytes) */
    readonly area_peak_high: bigint | null;
    /** area_peak_low as a fraction of area_bytes (ratio) */
    readonly share_low: number | null;
    /** area_peak_high as a fraction of area_bytes (ratio) */
    readonly share_high: number | null;
  };
  /** The kernel's counters and the events side by side, per boot and phase. */
  'ledger': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** kread, decompress, becoming or load */
    readonly phase: string | null;
    /** failures by the debugfs counter (calls) */
    readonly counter_failures: bigint | null;
    /** failures by the trace (calls) */
    readonly event_failures: bigint | null;
    /** bytes by the debugfs counter, as printed (bytes) */
    readonly counter_bytes: bigint | null;
    /** bytes by the trace (bytes) */
    readonly event_bytes: bigint | null;
    /** counter minus trace; a 32-bit counter wraps, so multiples of 2^32 are balanced (bytes) */
    readonly difference_bytes: bigint | null;
    /** balanced, counters missing, unexplained, events incomplete or no evidence */
    readonly verdict: string | null;
    /** explanation, where needed */
    readonly reason: string | null;
  };
  /** Successful loads, one row each, per boot, in order of time; loads with an unknown time last, by name. */
  'loads': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** module name */
    readonly module: string | null;
    /** start of the load; start of its init where only initcall_debug or module_load shows it; NULL where unknown (s) */
    readonly t: string | null;
    /** from the start of the attempt to module_load: read, verify, lay out, link; NULL where the start is unknown (us) */
    readonly load_us: bigint | null;
    /** from module_load to the end of the attempt: the module's init (us) */
    readonly init_us: bigint | null;
    /** size of the uncompressed file, including its signature (bytes) */
    readonly file_bytes: bigint | null;
    /** memory of the laid-out module (bytes) */
    readonly memory_bytes: bigint | null;
    /** requester, as in attempts */
    readonly requester: string | null;
    /** task that loaded it */
    readonly comm: string | null;
  };
  /** How the waste compares with the vmalloc area, and which allocations failed, per boot. */
  'memory-pressure': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** VmallocTotal of /proc/meminfo (bytes) */
    readonly vmalloc_total: bigint | null;
    /** VmallocUsed of /proc/meminfo (bytes) */
    readonly vmalloc_used: bigint | null;
    /** virtual memory wasted by failed loads; a lower bound where boots says so (bytes) */
    readonly wasted_bytes: bigint | null;
    /** wasted_bytes as a fraction of vmalloc_total (ratio) */
    readonly wasted_share: number | null;
    /** failed allocations in the kernel log, each once */
    readonly allocation_failures: bigint | null;
    /** time of the first of them (s) */
    readonly first_failure_t: string | null;
    /** allocations that reclaimed memory directly: allocstall* of /proc/vmstat */
    readonly direct_reclaims: bigint | null;
    /** compact_fail of /proc/vmstat: compaction freed no contiguous memory */
    readonly compaction_failures: bigint | null;
    /** oom_kill of /proc/vmstat */
    readonly oom_kills: bigint | null;
    /** attempts that failed with ENOMEM; the kernel prints no message for __GFP_NOWARN */
    readonly enomem_calls: bigint | null;
  };
  /** The history of one module, in order of time from all sources: requests, calls and their steps, results, log lines, sizes. */
  'module': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** time; NULL where the source gives none (s) */
    readonly t: string | null;
    /** boot, epoch, relative or ticks: only times of one clock can be compared */
    readonly clock: string | null;
    /** request, call, read, copied, decompress, check, layout, charge, duplicate, linked (module_load; its init starts), init, free, result, load, size, list, other probes by their meaning, or the kind of a log line */
    readonly what: string | null;
    /** attempt that it belongs to */
    readonly attempt: bigint | null;
    /** task */
    readonly pid: bigint | null;
    /** its name */
    readonly comm: string | null;
    /** bytes read, charged, allocated or listed (bytes) */
    readonly bytes: bigint | null;
    /** who asked, how it ended, the message */
    readonly detail: string | null;
    /** source */
    readonly source: bigint | null;
    /** line in that source */
    readonly line: bigint | null;
  };
  /** Attempts of a trace by outcome, per boot: attempts are the sum of the six outcomes, failures that of the phases. */
  'outcomes': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** attempts (finit_module and init_module calls): loaded + duplicates + coalesced + failed + refused + unknown (calls) */
    readonly attempts: bigint | null;
    /** successful attempts (calls) */
    readonly loaded: bigint | null;
    /** attempts for a module that was already loaded or loading (calls) */
    readonly duplicates: bigint | null;
    /** attempts that waited for another attempt's load, at no cost (calls) */
    readonly coalesced: bigint | null;
    /** other failures (calls) */
    readonly failed: bigint | null;
    /** attempts refused before anything was read (calls) */
    readonly refused: bigint | null;
    /** attempts with an outcome that the trace does not show (calls) */
    readonly unknown: bigint | null;
    /** duplicates + failed that the kernel charges to one of its four phases (calls) */
    readonly charged: bigint | null;
    /** failed attempts that ended in the module's own init, charged to no phase (calls) */
    readonly failed_inits: bigint | null;
    /** duplicates + failed with an unknown phase (calls) */
    readonly phase_unknown: bigint | null;
    /** duplicates + failed that may be charged to a phase: charged + phase_unknown (calls) */
    readonly failures: bigint | null;
  };
  /** Failed loads and the virtual memory they wasted, per boot and phase, in order of the phases. */
  'phase-waste': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** kread, decompress, becoming or load (kernel/module/stats.c, 6.4 to 7.3); for kernels without counters, what they would charge */
    readonly phase: string | null;
    /** attempts that failed in the phase, including duplicates; at least, where failures_high differs (calls) */
    readonly failures: bigint | null;
    /** duplicates among these failures: the module was already loaded or loading (calls) */
    readonly duplicates: bigint | null;
    /** bytes charged to the phase, where known exactly; on 32 bit the true sum, beyond 2^32 too (bytes) */
    readonly bytes: bigint | null;
    /** bytes charged, at least (bytes) */
    readonly bytes_low: bigint | null;
    /** bytes charged, at most; NULL: no bound (bytes) */
    readonly bytes_high: bigint | null;
    /** fraction of the boot's wasted bytes (ratio) */
    readonly share: number | null;
    /** bytes per failure, rounded up as the kernel does (bytes) */
    readonly avg_bytes: bigint | null;
    /** allocations wasted */
    readonly allocations: bigint | null;
    /** measured, derived, bounded or estimated; NULL where unknown */
    readonly basis: string | null;
    /** counters, trace or both; on 32 bit also the evidence for the number of wraps */
    readonly origin: string | null;
    /** failures, at most: with calls whose phase is unknown; NULL: no bound (calls) */
    readonly failures_high: bigint | null;
    /** duplicates among these failures, at least (calls) */
    readonly duplicates_low: bigint | null;
    /** duplicates among these failures, at most; NULL: no bound (calls) */
    readonly duplicates_high: bigint | null;
  };
  /** Problems with module loading other than failed loads, per boot, kind and name. */
  'problems': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** throttled, refused-request (kmod busy), failed-request, denied-request (SELinux), stuck-load, crashed-load, slow-worker, killed-worker, failed-unit, slow-init, unfinished-init, not-found (no such module file), failed-command (`install` of modprobe.d), unsupported-module (SUSE's modprobe refused it), refused-init (repeated lines of a driver about hardware that it does not drive) */
    readonly kind: string | null;
    /** module or requested name, where known */
    readonly module: string | null;
    /** task, unit or driver */
    readonly who: string | null;
    /** count */
    readonly times: bigint | null;
    /** duration, where known; the longest (s) */
    readonly duration_s: string | null;
    /** time of the first (s) */
    readonly first_t: string | null;
    /** the message, or the measurement */
    readonly message: string | null;
    /** source of the evidence */
    readonly source: bigint | null;
    /** line in that source */
    readonly line: bigint | null;
  };
  /** Expected duplicates, waste and peak on another number of CPUs, per boot and part: an estimate on the stated assumption, with wide bounds where the boot has few CPUs. It held on one machine with 2, 4 and 8 CPUs, whose udev loads drivers for each CPU. */
  'projection': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** per-CPU duplicates, other duplicates, all duplicates, or peak held at once */
    readonly part: string | null;
    /** for the peak: vmalloc, or modules where laid-out modules have an area of their own */
    readonly area: string | null;
    /** CPUs of the boot */
    readonly cpus: bigint | null;
    /** CPUs projected to */
    readonly projected_cpus: bigint | null;
    /** modules in the part */
    readonly modules: bigint | null;
    /** bytes on this boot, at least (bytes) */
    readonly now_low: bigint | null;
    /** at most; NULL: no bound (bytes) */
    readonly now_high: bigint | null;
    /** bytes estimated for those CPUs, at least (bytes) */
    readonly projected_low: bigint | null;
    /** at most; NULL: no bound (bytes) */
    readonly projected_high: bigint | null;
    /** size of the area; NULL where unknown (bytes) */
    readonly area_bytes: bigint | null;
    /** projected_high as a fraction of area_bytes (ratio) */
    readonly share_high: number | null;
    /** estimated */
    readonly basis: string | null;
    /** what the estimate assumes */
    readonly assumption: string | null;
    /** duplicates on this boot, including attempts that waited for another attempt's load (calls) */
    readonly now_calls: bigint | null;
    /** estimated for those CPUs, at least (calls) */
    readonly projected_calls_low: bigint | null;
    /** at most (calls) */
    readonly projected_calls_high: bigint | null;
  };
  /** Each of the kernel's counters split into duplicates and other failures, per boot and phase; the two add up. */
  'remainder': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** kread, decompress, becoming or load */
    readonly phase: string | null;
    /** failures by the debugfs counter (calls) */
    readonly counter_failures: bigint | null;
    /** duplicates among them, at least (calls) */
    readonly duplicates_low: bigint | null;
    /** duplicates among them, at most (calls) */
    readonly duplicates_high: bigint | null;
    /** other failures, at least (calls) */
    readonly other_failures_low: bigint | null;
    /** other failures, at most (calls) */
    readonly other_failures_high: bigint | null;
    /** bytes by the debugfs counter (bytes) */
    readonly counter_bytes: bigint | null;
    /** bytes of the duplicates, at least (bytes) */
    readonly duplicate_bytes_low: bigint | null;
    /** bytes of the duplicates, at most (bytes) */
    readonly duplicate_bytes_high: bigint | null;
    /** bytes of the other failures, at least (bytes) */
    readonly other_bytes_low: bigint | null;
    /** bytes of the other failures, at most (bytes) */
    readonly other_bytes_high: bigint | null;
    /** reasons of other failures in the log or a trace, with their counts */
    readonly reasons: string | null;
    /** signature length subtracted from file sizes, at least (bytes) */
    readonly signature_low: bigint | null;
    /** the same, at most; equal to signature_low where the counters determine it (bytes) */
    readonly signature_high: bigint | null;
  };
  /** What would have saved memory, per boot: its calls replayed with one rule changed, most bytes first. */
  'remedies': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** coalescing-kernel (Linux 6.5), finit-module (in place of init_module; the kernel decompresses), check-initstate (look at /sys/module/NAME/initstate first), uncompressed-modules, udev-coalescing (one worker per modalias), fix-requester-1 to -3, drop-module-1 to -3 (built in or blacklisted); or those combined */
    readonly remedy: string | null;
    /** requester or module that it is about */
    readonly subject: string | null;
    /** bytes that it would have saved, at least (bytes) */
    readonly saves_low: bigint | null;
    /** at most; NULL: no bound (bytes) */
    readonly saves_high: bigint | null;
    /** bytes that failed loads would have cost more, at least: compressed files beside images (bytes) */
    readonly costs_low: bigint | null;
    /** at most; NULL: no bound (bytes) */
    readonly costs_high: bigint | null;
    /** derived or bounded, both on the assumption */
    readonly basis: string | null;
    /** failed loads that would have cost less or nothing, at least (calls) */
    readonly calls_low: bigint | null;
    /** at most (calls) */
    readonly calls_high: bigint | null;
    /** the top three modules */
    readonly modules: string | null;
    /** the top three callers */
    readonly who: string | null;
    /** what the replay assumes */
    readonly assumption: string | null;
  };
  /** Attempts per boot, kind of requester, task name and kernel call site, most waste first. */
  'requesters': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** kernel (a modprobe that request_module started), udev, systemd-modules-load, systemd, modprobe, insmod, init, other or unknown */
    readonly requester: string | null;
    /** name of the calling task */
    readonly comm: string | null;
    /** kernel function that requested the module, where a request caused the attempt */
    readonly call_site: string | null;
    /** attempts: finit_module and init_module calls (calls) */
    readonly attempts: bigint | null;
    /** successful attempts (calls) */
    readonly loaded: bigint | null;
    /** attempts for a module that was already loaded or loading (calls) */
    readonly duplicates: bigint | null;
    /** attempts that waited for another attempt's load, at no cost (calls) */
    readonly coalesced: bigint | null;
    /** other failures, including failed inits (calls) */
    readonly failed: bigint | null;
    /** bytes charged to its attempts; a lower bound where some are only bounded; NULL where none is known (bytes) */
    readonly wasted_bytes: bigint | null;
    /** distinct modules named */
    readonly modules: bigint | null;
    /** the module with the most wasted bytes */
    readonly worst_module: string | null;
    /** bytes charged to its attempts, at most; NULL: no bound (bytes) */
    readonly wasted_high: bigint | null;
    /** parent tasks, comma separated; NULL where the trace holds no fork of them */
    readonly parents: string | null;
    /** attempts refused before anything was read (calls) */
    readonly refused: bigint | null;
    /** attempts with an outcome that the trace does not show (calls) */
    readonly unknown: bigint | null;
    /** of the bytes: measured where the trace holds all attempts and both ends agree, else bounded */
    readonly basis: string | null;
  };
  /** Waste by origin: attempts that the kernel requested and those of user space, per boot, most waste first. */
  'shares': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** kernel (a modprobe that request_module started), user space, or unknown */
    readonly side: string | null;
    /** attempts: finit_module and init_module calls (calls) */
    readonly attempts: bigint | null;
    /** successful attempts (calls) */
    readonly loaded: bigint | null;
    /** attempts for a module that was already loaded or loading (calls) */
    readonly duplicates: bigint | null;
    /** attempts that waited for another attempt's load, at no cost (calls) */
    readonly coalesced: bigint | null;
    /** other failures, including failed inits (calls) */
    readonly failed: bigint | null;
    /** bytes charged to its attempts; a lower bound where some are only bounded (bytes) */
    readonly wasted_bytes: bigint | null;
    /** fraction of the wasted bytes of all sides (ratio) */
    readonly share: number | null;
    /** total time in its duplicates and other failures (s) */
    readonly failed_time_s: string | null;
    /** for the kernel: its request_module calls, as far as known (calls) */
    readonly requests: bigint | null;
    /** those for a name whose request was running, or had ended less than 60 s before (calls) */
    readonly duplicate_requests: bigint | null;
    /** of the bytes: measured where the trace holds all attempts and none is only bounded, else bounded */
    readonly basis: string | null;
    /** bytes charged to its attempts, at most; NULL: no bound (bytes) */
    readonly wasted_high: bigint | null;
  };
  /** All sources and their formats. */
  'sources': {
    /** number of the source */
    readonly source: bigint | null;
    /** directory, archive or file that holds it */
    readonly parent: bigint | null;
    /** label: file, archive!member, file#section */
    readonly path: string | null;
    /** format detected; NULL where not recognised */
    readonly format: string | null;
    /** bytes read, after decompression; NULL where reading stopped at the limit of events (bytes) */
    readonly bytes: bigint | null;
    /** lines read */
    readonly lines: bigint | null;
    /** events read from it */
    readonly events: bigint | null;
    /** its boot; the newest where it holds several */
    readonly boot: bigint | null;
    /** why this format was detected, or none */
    readonly why: string | null;
    /** read, unrecognised, empty, failed, skipped or container */
    readonly status: string | null;
  };
  /** Duplicate, coalesced and failed attempts of each module: how many, when and how long, per boot, most first. */
  'storm-modules': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** module name */
    readonly module: string | null;
    /** attempts; NULL where only the duplicate list is known (calls) */
    readonly attempts: bigint | null;
    /** successful attempts among them (calls) */
    readonly loaded: bigint | null;
    /** duplicates, by the trace or by the duplicate list (calls) */
    readonly duplicates: bigint | null;
    /** attempts that waited for another attempt's load (calls) */
    readonly coalesced: bigint | null;
    /** other failures, including failed inits (calls) */
    readonly failed: bigint | null;
    /** start of its first attempt (s) */
    readonly first_t: string | null;
    /** start of its last attempt (s) */
    readonly last_t: string | null;
    /** most attempts for it at once (calls) */
    readonly peak_attempts: bigint | null;
    /** total time in its duplicates and other failures (s) */
    readonly failed_time_s: string | null;
    /** total waiting time of its coalesced attempts (s) */
    readonly coalesced_time_s: string | null;
    /** its duplicates and coalesced attempts divided by CPUs - 1, where that is a whole number */
    readonly per_cpu: bigint | null;
  };
  /** The storm of attempts per boot: when, how many at once, and the time spent in failures. */
  'storm': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** CPUs, where known */
    readonly cpus: bigint | null;
    /** attempts: finit_module and init_module calls (calls) */
    readonly attempts: bigint | null;
    /** duplicates and other failures among them (calls) */
    readonly failed: bigint | null;
    /** attempts among them that waited for another attempt's load (calls) */
    readonly coalesced: bigint | null;
    /** start of the first duplicate or other failure; NULL where they have several clocks, or only ticks (s) */
    readonly first_t: string | null;
    /** start of the last duplicate or other failure; NULL as first_t (s) */
    readonly last_t: string | null;
    /** most attempts at once, whatever their outcome (calls) */
    readonly peak_attempts: bigint | null;
    /** time when that was first reached (s) */
    readonly peak_t: string | null;
    /** total time in duplicates and other failures, from enter to exit; of failed_timed of them (s) */
    readonly failed_time_s: string | null;
    /** total waiting time of coalesced attempts (s) */
    readonly coalesced_time_s: string | null;
    /** the longest duplicate or other failure (s) */
    readonly longest_failed_s: string | null;
    /** modules whose duplicates and coalesced attempts are a multiple of CPUs - 1 */
    readonly per_cpu_modules: bigint | null;
    /** failed allocations in the log between first_t and last_t */
    readonly allocation_failures: bigint | null;
    /** start of the shortest span with 90 % of the waste (s) */
    readonly most_from_t: string | null;
    /** start of the last attempt in that span (s) */
    readonly most_to_t: string | null;
    /** most duplicates and other failures at once (calls) */
    readonly peak_failed: bigint | null;
    /** duplicates and other failures whose start and end a clock in seconds shows (calls) */
    readonly failed_timed: bigint | null;
  };
  /** Time that calls spent failing or waiting, per boot, requester, task name and module, most first. Calls overlap, so these times do not add up to time of the boot. */
  'time-cost': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** requester, as in attempts */
    readonly requester: string | null;
    /** task name */
    readonly comm: string | null;
    /** module, where known */
    readonly module: string | null;
    /** duplicates and other failures (calls) */
    readonly failed: bigint | null;
    /** total time in them, from enter to exit (s) */
    readonly failed_s: string | null;
    /** attempts that waited for another attempt's load (calls) */
    readonly coalesced: bigint | null;
    /** total time that they waited (s) */
    readonly coalesced_s: string | null;
    /** the longest of all these (s) */
    readonly longest_s: string | null;
    /** time during which at least one of them was in flight (s) */
    readonly covered_s: string | null;
    /** the same for all failed and coalesced attempts of the boot (s) */
    readonly boot_covered_s: string | null;
    /** part of failed_s in calls that may have waited for another attempt's load instead (s) */
    readonly unsure_s: string | null;
    /** time in which the CPUs of the boot ran failed calls and nothing else, at least, by sched_switch; devices may have worked meanwhile; NULL where no trace shows what ran on each CPU (s) */
    readonly boot_alone_s: string | null;
    /** measured; bounded where the trace lacks calls, so that all times are lower bounds, or unsure_s is not 0 */
    readonly basis: string | null;
  };
  /** Attempts over time, per boot and time bucket; empty buckets are omitted. */
  'timeline': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** start of the bucket (s) */
    readonly t: string | null;
    /** attempts that started in it (calls) */
    readonly attempts: bigint | null;
    /** successful attempts among them (calls) */
    readonly loaded: bigint | null;
    /** duplicates among them (calls) */
    readonly duplicates: bigint | null;
    /** other failures among them, including failed inits (calls) */
    readonly failed: bigint | null;
    /** bytes wasted by them, at least (bytes) */
    readonly wasted_bytes: bigint | null;
    /** bytes wasted in the boot up to the bucket's end, at least (bytes) */
    readonly cumulative_bytes: bigint | null;
    /** of the bytes: measured where the trace holds all attempts and none until the bucket's end is only bounded, else bounded */
    readonly basis: string | null;
  };
  /** Cost of loads that a check refused, per boot and policy: the bytes and time spent before the check. */
  'validation-cost': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** check: signature, lockdown, lsm, blacklist, vermagic, symbol-version, elf, btf, namespace, license or livepatch */
    readonly policy: string | null;
    /** phase that the kernel charges; NULL where unknown */
    readonly phase: string | null;
    /** loads that it refused (calls) */
    readonly refused: bigint | null;
    /** bytes charged, at least; NULL where unknown (bytes) */
    readonly wasted_bytes: bigint | null;
    /** measured or bounded; NULL where the bytes are unknown */
    readonly basis: string | null;
    /** total time from enter to exit of the calls that a trace times; NULL for none (s) */
    readonly spent_s: string | null;
    /** calls that spent_s covers (calls) */
    readonly timed_calls: bigint | null;
    /** what was done before: read, decompressed, laid out */
    readonly paid: string | null;
    /** modules concerned */
    readonly modules: bigint | null;
    /** module with the most bytes, then calls */
    readonly worst_module: string | null;
  };
  /** Whether each boot is free of module-loading problems, and why that may be uncertain. */
  'verdict': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** trouble: failures or waste found; clear: none, and the evidence has no gaps (the kernel logs no duplicate loads: a log alone cannot show them); unclear: none, but the evidence has gaps */
    readonly verdict: string | null;
    /** why findings may be missing; NULL: no reason */
    readonly doubts: string | null;
    /** other failures: failed loads that are not duplicates (calls) */
    readonly failed_loads: bigint | null;
    /** requests by the kernel for a name whose request was running, or had ended less than 60 s before (calls) */
    readonly duplicate_requests: bigint | null;
    /** failed allocations */
    readonly allocation_failures: bigint | null;
    /** rows of the query problems */
    readonly problems: bigint | null;
  };
  /** The vmalloc area, the evidence for its size, the waste in it and the failures for lack of it, per boot. */
  'vmalloc-space': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** size of the vmalloc area (bytes) */
    readonly total_bytes: bigint | null;
    /** measured (/proc/meminfo or the kernel log) or estimated (the architecture's size) */
    readonly basis: string | null;
    /** evidence that the size rests on */
    readonly origin: string | null;
    /** VmallocUsed of /proc/meminfo (bytes) */
    readonly used_bytes: bigint | null;
    /** bytes of it that modules use, by /proc/vmallocinfo (bytes) */
    readonly modules_bytes: bigint | null;
    /** virtual memory wasted by failed loads; a lower bound where boots says so (bytes) */
    readonly wasted_bytes: bigint | null;
    /** wasted_bytes as a fraction of total_bytes (ratio) */
    readonly wasted_share: number | null;
    /** 1 for the small area of a 32-bit kernel, which waste can fill */
    readonly small: bigint | null;
    /** size of the address range reserved for modules, where the log gives it (bytes) */
    readonly module_area_bytes: bigint | null;
    /** failed allocations of vmap or execmem in the kernel log */
    readonly allocation_failures: bigint | null;
    /** measured; bounded (a lower bound) where the kernel suppressed messages; NULL without any */
    readonly allocation_basis: string | null;
    /** largest of them (bytes) */
    readonly largest_failed_bytes: bigint | null;
    /** loads that failed with ENOMEM (calls) */
    readonly memory_failed_loads: bigint | null;
  };
  /** Load calls that started within a span of time, per boot and module or requester, most waste first. */
  'window': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** module, or requester; NULL where unknown */
    readonly name: string | null;
    /** name of the calling task, where by is requester */
    readonly comm: string | null;
    /** attempts that started in the span (calls) */
    readonly attempts: bigint | null;
    /** successful ones among them (calls) */
    readonly loaded: bigint | null;
    /** duplicates among them (calls) */
    readonly duplicates: bigint | null;
    /** those that waited for another load, at no cost (calls) */
    readonly coalesced: bigint | null;
    /** other failures among them, including failed inits (calls) */
    readonly failed: bigint | null;
    /** bytes wasted by them, at least (bytes) */
    readonly wasted_low: bigint | null;
    /** bytes wasted by them, at most; NULL: no bound (bytes) */
    readonly wasted_high: bigint | null;
    /** start of the first (s) */
    readonly first_t: string | null;
    /** of the bytes: measured where the trace holds all attempts and none is only bounded, else bounded */
    readonly basis: string | null;
  };
  /** Modules by what their failed loads wasted: duplicates and other failures together, per boot, most bytes first. */
  'worst-modules': {
    /** boot, 1 is the oldest */
    readonly boot: bigint | null;
    /** module name */
    readonly module: string | null;
    /** duplicate loads (calls) */
    readonly duplicates: bigint | null;
    /** failed loads that are not duplicates (calls) */
    readonly other_failures: bigint | null;
    /** of the duplicates as the kernel prints them, then of the other failures */
    readonly reasons: string | null;
    /** bytes wasted; exact, or an estimate where basis says estimated; NULL where only bounded (bytes) */
    readonly bytes: bigint | null;
    /** bytes wasted, at least (bytes) */
    readonly bytes_low: bigint | null;
    /** bytes wasted, at most; NULL: no bound (bytes) */
    readonly bytes_high: bigint | null;
    /** the weakest among them: measured, derived, bounded or estimated; NULL where no bytes are known */
    readonly basis: string | null;
  };
}

/** The parameters of each, as the last argument of `OpenedCase.query`. */
export interface QueryParams {
  'advice': [params?: Record<string, never>];
  'aliases': [params?: Record<string, never>];
  'allocation-failures': [params?: Record<string, never>];
  'attempts': [params?: Record<string, never>];
  'autoload': [params?: Record<string, never>];
  'boots': [params?: Record<string, never>];
  'callers': [params?: Record<string, never>];
  'capture-steps': [params?: Record<string, never>];
  'capture': [params?: Record<string, never>];
  'critical-path': [params?: Record<string, never>];
  'diagnostics': [params?: Record<string, never>];
  'duplicates': [params?: Record<string, never>];
  'evidence': [params?: Record<string, never>];
  'failures': [params?: Record<string, never>];
  'held-timeline': [params?: Record<string, never>];
  'held': [params?: Record<string, never>];
  'ledger': [params?: Record<string, never>];
  'loads': [params?: Record<string, never>];
  'memory-pressure': [params?: Record<string, never>];
  'module': [params: { name: string }];
  'outcomes': [params?: Record<string, never>];
  'phase-waste': [params?: Record<string, never>];
  'problems': [params?: Record<string, never>];
  'projection': [params: { cpus: string | number }];
  'remainder': [params?: Record<string, never>];
  'remedies': [params?: { with?: string }];
  'requesters': [params?: Record<string, never>];
  'shares': [params?: Record<string, never>];
  'sources': [params?: Record<string, never>];
  'storm-modules': [params?: Record<string, never>];
  'storm': [params?: Record<string, never>];
  'time-cost': [params?: Record<string, never>];
  'timeline': [params?: { bucket_ms?: string | number }];
  'validation-cost': [params?: Record<string, never>];
  'verdict': [params?: Record<string, never>];
  'vmalloc-space': [params?: Record<string, never>];
  'window': [params?: { from?: string | number; to?: string | number; by?: string }];
  'worst-modules': [params?: Record<string, never>];
}
