// SPDX-License-Identifier: Apache-2.0
/** Messages of request_module and of module init calls (kernel/module/kmod.c, dups.c, init/main.c). */
import type { Throttle } from '../../../model/event.js';
import { moduleName } from '../../../model/module-name.js';
import type { LogFact, Rule } from './rule.js';

/**
 * The pr_warn form of a duplicate request. The same text without `module: ` is the head of a WARN, which WarnReader
 * reads together with what follows.
 */
const DUPLICATE_PLAIN = /^module: module-autoload: duplicate request for module (\S.*)$/;
export const DUPLICATE_WARN = /^module-autoload: duplicate request for module (\S.*)$/;

function throttle(
  what: Throttle['what'],
  requested: string | null,
  limit?: string,
  seconds?: string,
): LogFact {
  return {
    kind: 'throttle',
    what,
    requested,
    count: null,
    limit: limit === undefined ? null : Number(limit),
    seconds: seconds === undefined ? null : Number(seconds),
  };
}

/** A caller of request_module reports that it failed, or that the module is still missing. */
function failed(words: readonly string[], pattern: RegExp): Rule {
  return {
    words,
    pattern,
    facts: ([, requested = ''], { text }) => ({
      kind: 'request-failure',
      what: 'failed',
      requested,
      pid: null,
      comm: null,
      message: text,
    }),
  };
}

export const REQUEST_RULES: readonly Rule[] = [
  {
    words: ['module-autoload: duplicate'],
    pattern: DUPLICATE_PLAIN,
    facts: ([, requested = '']) => ({
      kind: 'duplicate-request',
      requested,
      pid: null,
      comm: null,
      callSite: null,
    }),
  },
  {
    words: ['kmod busy with '],
    pattern:
      /^request_module: modprobe (\S+) cannot be processed, kmod busy with (\d+) threads for more than (\d+) seconds/,
    facts: ([, requested = '', limit, seconds]) => throttle('busy', requested, limit, seconds),
  },
  {
    // Before Linux 4.13.
    words: ['runaway loop modprobe '],
    pattern: /^request_module: runaway loop modprobe (\S+)$/,
    facts: ([, requested = '']) => throttle('runaway-loop', requested),
  },
  {
    // request_module: kmod_concurrent_max (0) close to 0 (max_modprobes: 50), for module net-pf-10, throttling...
    words: ['kmod_concurrent_max ('],
    pattern:
      /^request_module: kmod_concurrent_max \(\d+\) close to 0 \(max_modprobes: (\d+)\), for module (\S+), throttling/,
    facts: ([, limit, requested = '']) => throttle('concurrent-max', requested, limit),
  },
  {
    words: [' callbacks suppressed'],
    pattern: /^(?:__)?request_module: (\d+) callbacks suppressed$/,
    facts: ([, count]) => ({ ...throttle('suppressed', null), count: Number(count) }),
  },
  // can: request_module (can-proto-0) failed.
  failed(['request_module ('], /^(?:[\w. -]{1,32}: )?request_module \(([^)\s]+)\) failed\b/),
  // request_module[net-pf-10]: fork failed, errno 12      until Linux 2.6
  failed(['request_module['], /^request_module\[([^\]\s]+)\]: (?:fork failed|waitpid|Root fs not mounted)/),
  // iwlwifi 0000:00:14.3: failed to load module iwlmvm (error 256), is dynamic loading enabled?
  failed([', is dynamic loading enabled'], /failed to load module (\S+) \(error -?\d+\), is dynamic loading/),
  {
    // grsec: From 192.0.2.1: denied kernel module auto-load of ipv6 by uid 1000      GRKERNSEC_MODHARDEN
    words: ['kernel module auto-load of '],
    pattern: /^grsec: (?:.{1,200}: )?denied kernel module auto-load of (\S+) by /,
    facts: ([, requested = ''], { text }) => ({
      kind: 'request-failure',
      what: 'denied',
      requested,
      pid: null,
      comm: null,
      message: text,
    }),
  },
  {
    // calling  acpi_cpufreq_init+0x0/0x1000 [acpi_cpufreq] @ 289      (`, parent: usb1` is suspend or resume)
    // Those of the kernel itself, which are many, name no module.
    words: ['] @ '],
    pattern: /^calling +([^\s+]+)(?:\+0x[\da-f]+\/0x[\da-f]+)? \[([^\]]+)\] @ (\d+)$/,
    facts: ([, func = '', module = '', pid]) => ({
      kind: 'initcall',
      point: 'calling',
      module: moduleName(module),
      func,
      pid: Number(pid),
      ret: null,
      usecs: null,
    }),
  },
  {
    // initcall acpi_cpufreq_init+0x0/0x1000 [acpi_cpufreq] returned -17 after 0 usecs
    words: ['] returned '],
    pattern:
      /^initcall +([^\s+]+)(?:\+0x[\da-f]+\/0x[\da-f]+)? \[([^\]]+)\] returned (-?\d+) after (\d+) usecs/,
    facts: ([, func = '', module = '', ret, usecs]) => ({
      kind: 'initcall',
      point: 'returned',
      module: moduleName(module),
      func,
      pid: null,
      ret: Number(ret),
      usecs: Number(usecs),
    }),
  },
];
