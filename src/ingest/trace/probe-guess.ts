// SPDX-License-Identifier: Apache-2.0
/**
 * Guesses the function of probes printed with an address: trace-cmd prints `load: (ffffffff810ec254) name="x" len=1 flags=0`.
 * The arguments identify most; the order of events separates the two charges; the event name decides the rest.
 */
import type { ProbeFunctions, Role } from './functions.js';
import type { ProbeArguments } from './probe-arguments.js';
import type { ProbePoint, TraceRecord } from './records.js';
import { signed } from './values.js';

/** The role of a probe at an address; `unknown` without any clue. */
export function guessRole(
  record: TraceRecord,
  point: ProbePoint,
  args: ProbeArguments,
  functions: ProbeFunctions,
): Role | 'unknown' {
  const address = point.address ?? '';
  const known = functions.at(address);
  if (known) return known;
  const certain = byArguments(point, args);
  if (certain === 'charge') return charge(record, address, functions);
  if (certain) {
    functions.learn(address, certain, true);
    return certain;
  }
  const likely = byName(record.name, point, args) ?? functions.likely(address);
  if (!likely) return 'unknown';
  functions.learn(address, likely, false);
  return likely;
}

/** The role of arguments that only one function has. */
function byArguments(point: ProbePoint, args: ProbeArguments): Role | 'charge' | null {
  if (args.memory) return 'do-init';
  if (args.hasTaints) return 'none';
  if (point.at === 'entry') {
    if (args.has('name', 'reason')) return 'duplicate';
    if (args.has('name', 'wait')) return 'request';
    if (args.has('name', 'image', 'flags')) return 'charge';
    if (args.has('size', 'id')) return 'copied';
    return null;
  }
  if (args.has('compressed', 'ret')) return 'decompress';
  if (args.has('name', 'id', 'ret')) return 'read';
  return null;
}

/** The phase of a charge: that of the duplicate just before it, else by its name. */
function charge(record: TraceRecord, address: string, functions: ProbeFunctions): Role | 'unknown' {
  const reason = functions.reason(record.pid);
  if (reason) {
    functions.learn(address, reason, true);
    return reason;
  }
  const name = record.name.toLowerCase();
  if (name.includes('becom')) return 'becoming';
  if (name.includes('load') || name.includes('invalid')) return 'load';
  return 'unknown';
}

/** Words in usual probe names; the first match counts. */
const WORDS: readonly (readonly [RegExp, Role])[] = [
  [/becom/, 'becoming'],
  [/req/, 'request'],
  [/patient|exist|dup/, 'patient-check'],
  [/post|cop(?:y|ied)/, 'copied'],
  [/decomp/, 'decompress'],
  [/idem/, 'idempotent'],
  [/file/, 'from-file'],
  [/read/, 'read'],
  [/do_?init|modmem/, 'do-init'],
  [/free|dealloc/, 'free-module'],
  [/layout/, 'layout'],
  [/load/, 'load-module'],
];

function byName(event: string, point: ProbePoint, args: ProbeArguments): Role | null {
  const name = event.toLowerCase();
  const role = WORDS.find(([word]) => word.test(name))?.[1] ?? null;
  // Only reads return kilobytes; the other functions return 0 or an error.
  if (point.at === 'return' && role !== 'read' && (signed(args.get('ret')) ?? 0) > 4095) return null;
  return role;
}
