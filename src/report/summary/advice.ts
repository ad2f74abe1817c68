/** Advice: what to do, only as far as the evidence goes, each with the query that shows why. */
import { coalescesLoads } from '../../accounting/kernel.js';
import type { BootFacts } from './facts.js';

export interface Advice {
  readonly text: string;
  /** The canned query whose rows show it. */
  readonly query: string;
}

/** An init that fails this often is retried by somebody, not probed once. */
const REPEATED_INITS = 2n;

export function adviceFor(facts: BootFacts): Advice[] {
  return [
    ...userSpaceUnpacks(facts),
    ...perCpuStorm(facts),
    ...oldKernel(facts),
    ...decompression(facts),
    ...repeatedRequests(facts),
    ...repeatedInits(facts),
    ...otherFailures(facts),
  ];
}

/** kernel-side coalescing (6.5) works by inode, so only for finit_module. */
function userSpaceUnpacks({ initModuleDuplicates: calls, kernel }: BootFacts): Advice[] {
  if (calls === 0n) return [];
  const known = coalescesLoads(kernel);
  if (known === false) return [];
  return [
    {
      text:
        `${calls} duplicates came through init_module: user space unpacked the module itself, and ` +
        `${known === null ? 'kernels since 6.5 can' : 'this kernel can'} coalesce finit_module only. Use a kmod that ` +
        'lets the kernel decompress (kmod 31 or later, CONFIG_MODULE_DECOMPRESS), or ship these modules uncompressed.',
      query: 'requesters',
    },
  ];
}

function perCpuStorm({ duplicates, cpus, requesters }: BootFacts): Advice[] {
  if (cpus === null || cpus < 2n) return [];
  const perCpu = duplicates.filter((row) => row.times >= cpus - 1n && row.times % (cpus - 1n) === 0n);
  if (perCpu.length < 2 || perCpu.length * 2 < duplicates.length) return [];
  const udev = requesters.some((row) => row.requester === 'udev' && row.duplicates > 0n);
  return [
    {
      text:
        `${perCpu.length} of ${duplicates.length} modules have CPUs - 1 (${cpus - 1n}) duplicates or a multiple: one load per ` +
        `CPU${udev ? ', from udev' : ''}. Load them once instead (softdep, modules-load.d, or one udev rule).`,
      query: 'duplicates',
    },
  ];
}

function oldKernel({ kernel, duplicates }: BootFacts): Advice[] {
  if (coalescesLoads(kernel) !== false || duplicates.length === 0) return [];
  return [
    {
      text: `Linux ${kernel} does not coalesce concurrent loads of one file; kernels since 6.5 do (idempotent finit_module).`,
      query: 'duplicates',
    },
  ];
}

function decompression({ compressedDuplicates: calls }: BootFacts): Advice[] {
  if (calls === 0n) return [];
  return [
    {
      text: `${calls} duplicates were decompressed by the kernel first: each cost the compressed file on top of its image.`,
      query: 'attempts',
    },
  ];
}

function repeatedRequests({ autoload }: BootFacts): Advice[] {
  const repeated = autoload.filter((row) => row.duplicates > 0n);
  const total = repeated.reduce((sum, row) => sum + row.duplicates, 0n);
  const [worst] = repeated;
  if (!worst) return [];
  const site = worst.callSites ? ` from ${worst.callSites}` : '';
  return [
    {
      text:
        `The kernel requested modules ${total} times while, or just after, the same request ran; most often ` +
        `${worst.requested}${site} (${worst.duplicates} times). Callers can use try_then_request_module() or keep one ` +
        'request queued.',
      query: 'autoload',
    },
  ];
}

function repeatedInits({ failedInits }: BootFacts): Advice[] {
  const repeated = failedInits.filter(({ times }) => times >= REPEATED_INITS);
  if (repeated.length === 0) return [];
  const named = repeated.slice(0, 4).map(({ module, times }) => `${module} (${times} times)`);
  return [
    {
      text:
        `Inits failed over and over: ${named.join(', ')}${repeated.length > 4 ? ', ...' : ''}. Each was a full load that ` +
        'the kernel counts nowhere; blacklist the module or fix what keeps asking for it.',
      query: 'failures',
    },
  ];
}

function otherFailures({ failed }: BootFacts): Advice[] {
  const costly = failed.find((row) => row.wasted !== null && row.wasted > 0n && row.phase !== 'init');
  if (!costly) return [];
  return [
    {
      text:
        `Not every failure was a duplicate: ${costly.reason}${costly.module ? ` of ${costly.module}` : ''} is the dearest; ` +
        'see the kernel log of that time for what to fix.',
      query: 'failures',
    },
  ];
}

/** What to capture to know what this evidence leaves open. */
export function captureFor(facts: BootFacts): string[] {
  const wanted: string[] = [];
  const hasCounters = facts.snapshots > 0n;
  const hasTrace = facts.attempts > 0n;
  if (!hasCounters && !hasTrace) {
    wanted.push(
      'failed loads and their bytes: `grep -r . /sys/kernel/debug/modules` (CONFIG_MODULE_STATS), or on any kernel a ' +
        'trace of module loading from boot (README, "Capturing evidence")',
    );
  }
  if (hasCounters && (facts.list === 'absent' || facts.list === null)) {
    wanted.push('duplicates by module: `cat /sys/kernel/debug/modules/stats`');
  }
  if (hasCounters && facts.list === 'cut') {
    wanted.push('the names that the cut list lost: a trace with a probe on try_add_failed_module');
  }
  if (hasCounters && !hasTrace && (facts.failures ?? 0n) > 0n) {
    wanted.push('who asked, and when: a trace of module loading from boot (README, "Capturing evidence")');
  }
  if (hasTrace && facts.untold.calls > 0n) {
    wanted.push(
      'phase and exact bytes of each duplicate: probes on load_module and module_patient_check_exists (README, recipe C)',
    );
  }
  if (hasCounters && facts.duplicates.some((row) => row.basis === 'bounded' || row.basis === 'estimated')) {
    wanted.push("bytes per module: `find /lib/modules/$(uname -r) -name '*.ko*' -printf '%s %p\\n'`");
  }
  return wanted;
}
