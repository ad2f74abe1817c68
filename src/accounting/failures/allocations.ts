// SPDX-License-Identifier: Apache-2.0
/** Failed allocations, each once, although the allocator, its caller and the module loader all print a line. */
import { ENOMEM } from '../../model/errno.js';
import type { AllocationFailure, Event, UserLoad } from '../../model/event.js';
import { LogClock } from '../boots/log-clock.js';
import { holds } from '../kernel.js';
import type { AllocationRow, Attempt } from '../model.js';
import { CallsInTime, RefusedLoads } from './allocation-loads.js';

/** In the order in which they print: callee before caller. execmem allocates with __GFP_NOWARN, so only it prints. */
const LAYERS: readonly AllocationFailure['by'][] = ['percpu', 'vmap', 'vmalloc', 'pages', 'loader'];
/** The area is a guard page larger than the size, and both may be rounded up; pages are at most 64 KiB. */
const ROUNDED = 131_072;
/** Longest time between the lines of one failure: a stack may be printed between them on a slow console. */
const TOGETHER = 10_000_000_000n;
/** The same for logs without times, in lines. */
const TOGETHER_LINES = 60;
/** Failures that may be printed concurrently. */
const OPEN = 16;

interface Failure {
  readonly lines: AllocationFailure[];
  suppressed: number;
}

/** `log`: the merged logs of the boot; `again`: see LoggedFailures. */
export function allocationRows(
  boot: number,
  log: readonly Event[],
  again: ReadonlySet<Event>,
  attempts: readonly Attempt[],
  release: string | null,
): AllocationRow[] {
  const failures: Failure[] = [];
  const refused: UserLoad[] = [];
  for (const event of log) {
    if (again.has(event)) continue;
    if (event.kind === 'allocation-failure') {
      const known = failures.slice(-OPEN).findLast((failure) => goesOn(failure, event));
      if (known) known.lines.push(event);
      else failures.push({ lines: [event], suppressed: 0 });
    } else if (event.kind === 'allocations-suppressed') {
      const last = failures.at(-1);
      if (last) last.suppressed += event.count ?? 1;
    } else if (event.kind === 'user-load' && event.what === 'failed' && event.errno === ENOMEM) {
      refused.push(event);
    }
  }
  if (failures.length === 0) return [];
  const calls = new CallsInTime(attempts, new LogClock(log));
  const tools = new RefusedLoads(refused);
  return failures.flatMap((failure) => {
    const [first] = failure.lines;
    if (!first) return [];
    const named = <K extends 'bytes' | 'comm' | 'pid' | 'module' | 'during'>(
      key: K,
    ): AllocationFailure[K] | null => failure.lines.find((line) => line[key] !== null)?.[key] ?? null;
    const bytes = named('bytes');
    // Before 3.13 the loader asked for the init part of a module also where that is empty, and went on (move_module).
    if (bytes === 0) return [];
    const { t, what, message, source, line } = first;
    const [comm, pid] = [named('comm'), named('pid')];
    const during = failure.lines.find(isNeeded)?.during ?? named('during');
    const running = calls.runningAt(t, comm, pid);
    const asking = only(running.filter(({ errno }) => errno === ENOMEM));
    const load =
      outcomeOf(running) ??
      (failsLoad(failure.lines, release) || tools.hasAfter(first, TOGETHER, TOGETHER_LINES)
        ? 'failed'
        : null);
    const { suppressed } = failure;
    return [
      {
        boot,
        t,
        what,
        bytes,
        comm: comm ?? asking?.comm ?? null,
        pid: pid ?? asking?.pid ?? null,
        module: named('module') ?? asking?.module ?? null,
        during,
        load,
        suppressed,
        message,
        cite: { source, line },
      },
    ];
  });
}

/** True where the line is about the same failure: from a caller, soon after, and of the same size. */
function goesOn({ lines }: Failure, line: AllocationFailure): boolean {
  const last = lines.at(-1);
  if (!last || last.by === 'execmem' || LAYERS.indexOf(line.by) <= LAYERS.indexOf(last.by)) return false;
  if ((line.what === 'percpu') !== (last.what === 'percpu')) return false;
  if (last.t === null || line.t === null) {
    if (line.source !== last.source || line.line - last.line > TOGETHER_LINES) return false;
  } else if (line.t - last.t > TOGETHER) return false;
  return lines.every(
    ({ bytes, what }) =>
      bytes === null ||
      line.bytes === null ||
      Math.abs(bytes - line.bytes) <= (what === 'percpu' ? 0 : ROUNDED),
  );
}

/** Without this memory the load fails. */
const isNeeded = ({ during }: AllocationFailure): boolean => during === 'read' || during === 'image';

/** The loader has said so; or a stack shows that it had no memory for the image. */
function failsLoad(lines: readonly AllocationFailure[], release: string | null): boolean {
  if (lines.some(({ by }) => by === 'loader')) return true;
  return lines.some(isNeeded) && holds('silentFallback', release) === true;
}

/** One that ended in ENOMEM made the allocation. */
function outcomeOf(running: readonly Attempt[]): AllocationRow['load'] {
  if (running.some(({ errno }) => errno === ENOMEM)) return 'failed';
  return running.length > 0 && running.every(({ outcome }) => outcome === 'loaded') ? 'loaded' : null;
}

function only(attempts: readonly Attempt[]): Attempt | null {
  return attempts.length === 1 ? (attempts[0] ?? null) : null;
}
