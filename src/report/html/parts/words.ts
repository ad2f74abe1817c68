/** Sizes and facts of a boot in words. */
import { formatBytes } from '../../cell.js';
import type { BootFacts, DuplicateFact } from '../../summary/facts.js';
import { grouped } from '../chart/scale.js';

export function rangeText(low: bigint, high: bigint | null): string {
  if (high === null) return low === 0n ? 'not known' : `at least ${formatBytes(low)}`;
  if (low === high) return formatBytes(low);
  return low === 0n ? `at most ${formatBytes(high)}` : `${formatBytes(low)} to ${formatBytes(high)}`;
}

export function duplicateBytes({ bytes, low, high, basis }: DuplicateFact): string {
  if (bytes === null) return rangeText(low, high);
  return `${basis === 'estimated' ? 'about ' : ''}${formatBytes(bytes)}`;
}

/** Kernel, machine and start of a boot, as far as they are known. */
export function identity(facts: BootFacts): string {
  return [
    facts.kernel === null ? 'kernel not known' : `Linux ${facts.kernel}`,
    facts.machine,
    facts.cpus === null ? null : `${facts.cpus} CPUs`,
    facts.started === null ? null : `started ${facts.started}`,
    facts.bootId === null ? null : `boot id ${facts.bootId}`,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

/** `3 failed loads`. */
export function count(number: bigint, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1n ? '' : 's'}`;
}

/** What the numbers of a boot do not say of themselves. */
export function notes(facts: BootFacts): string[] {
  const said: string[] = [];
  const { moduleMemory: memory, wasted, untold } = facts;
  if (memory !== null && memory > 0n && wasted !== null && wasted > 0n) {
    const factor = (Number((wasted * 100n) / memory) / 100).toFixed(2);
    const loaded =
      facts.modulesLoaded === null ? 'the loaded modules' : count(facts.modulesLoaded, 'loaded module');
    said.push(`The waste is ${factor} times the memory of ${loaded} (${formatBytes(memory)}).`);
  }
  if (untold.calls > 0n) {
    said.push(
      `${count(untold.calls, 'failed load')} whose phase nothing here tells (becoming or load): ${rangeText(untold.low, untold.high)}.`,
    );
  }
  if (facts.coalesced > 0n) {
    said.push(
      `${count(facts.coalesced, 'duplicate call')} coalesced: waited for another call's load and cost nothing.`,
    );
  }
  const inits = facts.failedInits.reduce((sum, { times }) => sum + times, 0n);
  if (inits > 0n) {
    said.push(
      `${count(inits, 'load')} ended with the module's own init failing: full loads, which the kernel counts in no phase.`,
    );
  }
  return said;
}
