/** What to do about allocations for modules that failed. */
import type { AllocationRow } from '../model.js';
import { type Advice, type AdviceEvidence, Names, withoutBytes } from './evidence.js';

const GIB = 1 << 30;
/** Machines whose vmalloc area is small whatever its size: pointers of 32 bits. */
const SMALL_MACHINE = /^(?:i[3-6]86|x86_32|armv?[4-7]\w*|arm|mips(?:el)?|ppc|powerpc|parisc|sparc|riscv32)$/;

export function memoryAdvice(evidence: AdviceEvidence): Advice[] {
  const { allocationFailures } = evidence;
  return [
    ...advise(
      evidence,
      allocationFailures.filter(({ what }) => what === 'percpu'),
      percpu,
    ),
    ...advise(
      evidence,
      allocationFailures.filter(({ what }) => what !== 'percpu'),
      vmalloc,
    ),
  ];
}

/** The area in which modules are loaded, where it is known to be small. */
function smallArea({ memory, boot }: AdviceEvidence): number | null {
  const known = memory.filter(({ what }) => what === 'vmalloc-total').map(({ bytes }) => bytes);
  const most = known.length > 0 ? Math.max(...known) : null;
  if (most !== null) return most <= GIB ? most : null;
  return boot.machine !== null && SMALL_MACHINE.test(boot.machine) ? GIB : null;
}

type Said = Pick<Advice, 'kind' | 'urgent' | 'text'>;

function advise(
  evidence: AdviceEvidence,
  rows: readonly AllocationRow[],
  say: (evidence: AdviceEvidence, rows: readonly AllocationRow[]) => Said,
): Advice[] {
  if (rows.length === 0) return [];
  const modules = new Names();
  for (const { module, bytes } of rows) modules.add(module, BigInt(bytes ?? 0), 1n);
  const worth = withoutBytes(BigInt(rows.length), modules.top(), []);
  return [{ ...worth, ...say(evidence, rows), evidence: 'allocations' }];
}

function percpu(): Said {
  return {
    kind: 'percpu-exhausted',
    urgent: false,
    text: 'Load fewer modules with per-CPU data: the area reserved for modules is full (PERCPU_MODULE_RESERVE, fixed at build time).',
  };
}

function vmalloc(evidence: AdviceEvidence): Said {
  const small = smallArea(evidence);
  const wasted = (evidence.boot.wasted ?? 0n) > 0n;
  const area = small === null ? 'the address space for modules' : 'the small vmalloc area';
  const what = wasted
    ? `Stop the wasted loads below first: they held ${area} while allocations failed; a larger area only moves the limit.`
    : `Load fewer or smaller modules at a time: ${area} had no room${small === null ? '' : '; vmalloc=SIZE enlarges it'}.`;
  return { kind: 'vmalloc-exhausted', urgent: true, text: what };
}
