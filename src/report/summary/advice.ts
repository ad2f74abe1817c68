/** Advice: what to do, only as far as the evidence goes, each with the query that shows why. */
import { coalescesLoads } from '../../accounting/kernel.js';
import type { BootFacts } from './facts.js';
import { remedyFor } from './remedies.js';

export interface Advice {
  readonly text: string;
  /** The canned query whose rows show it. */
  readonly query: string;
}

/** An init that fails this often is retried by somebody, not probed once. */
const REPEATED_INITS = 2n;
/** A name that was asked for again this often is asked for by a loop, not by chance. */
const REPEATED_REQUESTS = 2n;
/** With fewer CPUs, CPUs - 1 is a number that anything can have. */
const FEWEST_CPUS = 4n;
/** So many calls for live modules are a habit. */
const LATE_CALLS = 2n;

export function adviceFor(facts: BootFacts): Advice[] {
  return [
    ...userSpaceUnpacks(facts),
    ...perCpuStorm(facts),
    ...oldKernel(facts),
    ...loadsWithoutLooking(facts),
    ...decompression(facts),
    ...repeatedRequests(facts),
    ...repeatedInits(facts),
    ...otherFailures(facts),
    ...allocations(facts),
    ...cutList(facts),
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
        `${calls} duplicates came through init_module: user space read and unpacked the module itself, and ` +
        `${known === null ? 'kernels since 6.5 can' : 'this kernel can'} coalesce finit_module only. Use a kmod that ` +
        'lets the kernel decompress (kmod 31 or later, CONFIG_MODULE_DECOMPRESS), or ship these modules uncompressed.',
      query: 'requesters',
    },
  ];
}

function perCpuStorm({ duplicates, cpus, requesters }: BootFacts): Advice[] {
  if (cpus === null || cpus < FEWEST_CPUS) return [];
  const others = cpus - 1n;
  const sum = (rows: BootFacts['duplicates']): bigint => rows.reduce((total, row) => total + row.times, 0n);
  const perCpu = duplicates.filter((row) => row.times >= others && row.times % others === 0n);
  if (perCpu.length < 2 || sum(perCpu) * 2n < sum(duplicates)) return [];
  const udev = requesters.some((row) => row.requester === 'udev' && row.duplicates > 0n);
  return [
    {
      text:
        `${perCpu.length} of ${duplicates.length} modules have CPUs - 1 (${others}) duplicates or a multiple: one load per ` +
        `CPU${udev ? ', from udev' : ''}. Load them once instead (softdep, modules-load.d, or one udev rule).`,
      query: 'storm-modules',
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

/** Races are what the kernel is there for; a call for a module that is live already is none. */
function loadsWithoutLooking({ late }: BootFacts): Advice[] {
  const calls = late.reduce((sum, row) => sum + row.calls, 0n);
  if (calls < LATE_CALLS) return [];
  const named = late.slice(0, 3).map((row) => `${row.comm} (${row.calls} calls, ${row.modules} modules)`);
  return [
    {
      text:
        `${calls} duplicate calls came after their module was live: ${named.join(', ')}${late.length > 3 ? ', ...' : ''}. ` +
        'Look at /sys/module/NAME/initstate before loading.',
      query: 'callers',
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
  if (!worst || worst.duplicates < REPEATED_REQUESTS) return [];
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

/** The dearest reason that has a name. */
function otherFailures({ failed }: BootFacts): Advice[] {
  for (const row of failed) {
    const remedy = row.phase === 'init' ? null : remedyFor(row.reason);
    if (remedy === null) continue;
    const what = `${row.reason}${row.module ? ` of ${row.module}` : ''}`;
    return [
      {
        text: `Not every failure was a duplicate; first of the others is ${what}: ${remedy}`,
        query: 'failures',
      },
    ];
  }
  return [];
}

function allocations({ storm }: BootFacts): Advice[] {
  if (!storm || storm.allocationFailures === 0n) return [];
  return [
    {
      text:
        `${storm.allocationFailures} allocations failed while loads were being wasted: less waste leaves room for them; ` +
        'a larger vmalloc area would only move the limit.',
      query: 'memory-pressure',
    },
  ];
}

function cutList({ list }: BootFacts): Advice[] {
  if (list !== 'cut') return [];
  return [
    {
      text:
        'The duplicate list was cut: the oldest names are missing, and what they wasted is among what no row explains. ' +
        'Only a trace names them.',
      query: 'remainder',
    },
  ];
}
