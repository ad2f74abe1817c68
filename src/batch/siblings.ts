// SPDX-License-Identifier: Apache-2.0
/**
 * Files of one folder as cases: what is evidence of one boot is one case. Logs are told apart by boot id, times, lines and
 * banner; traces, which name no boot, by their names. Where all logs and traces are of one boot, the other files of the
 * folder belong to it; where there are several boots, those whose name starts alike.
 */
import { contradicts, shareTime } from '../accounting/boots/boot-ties.js';
import { rotationOf } from '../accounting/boots/rotation.js';
import { type EvidenceKind, linesOfBoth, type Probe, type ProbedBoot, probe } from '../probe.js';
import { Turns } from './turns.js';

export interface Sibling {
  readonly path: string;
  readonly probe: Probe;
}

export interface SiblingCase {
  readonly paths: readonly string[];
  /** Why they are one case; null for one file. */
  readonly why: string | null;
}

/** How files are known to be of one boot. */
type Tie = 'boot id' | 'time' | 'lines' | 'banner' | 'rotation' | 'name' | 'place';

interface Cluster {
  readonly members: Sibling[];
  /** What the names of its members have in common besides words for kinds of evidence. */
  readonly stem: string;
  readonly by: Set<Tie>;
}

/** Words that people name evidence by. */
const KIND_WORDS =
  /(?:^|[-_. ])(?:dmesg|kmsg|kern|kernel|messages|syslog|journal|journalctl|console|serial|boot|trace|pipe|ftrace|strace|audit|perf|stats|counters|modules|debugfs|lsmod|proc|meminfo|vmallocinfo|log|txt|json|dat|gz|xz|zst|bz2|lz4|out)(?=$|[-_. ])/g;

/** `boot1-dmesg.txt`, `boot1_trace.dat.gz` -> `boot1`; `dmesg.txt` -> ``. */
export function stemOf(path: string): string {
  let name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  for (let before = ''; before !== name; ) {
    before = name;
    name = name.replace(KIND_WORDS, '');
  }
  const first = name.search(/[^-_. ]/);
  let end = name.length;
  while (end > first && '-_. '.includes(name.charAt(end - 1))) end--;
  return first < 0 ? '' : name.slice(first, end);
}

/** How two logs are known to be of one boot; null where they are of two, or nothing says. */
function sameBoot(one: Sibling, other: Sibling): Tie | null {
  const [a, b] = [one.probe, other.probe];
  const pairs = a.boots.flatMap((x) => b.boots.map((y) => [x, y] as const));
  if (pairs.some(([x, y]) => x.identity.bootId !== null && x.identity.bootId === y.identity.bootId))
    return 'boot id';
  const shares = pairs.some(([x, y]) => shareTime(x.identity, y.identity));
  const possible = pairs.filter((pair) => !areTwo(...pair));
  const isImpossible = pairs.length > 0 && possible.length === 0;
  if (isImpossible && !shares) return null;
  const messages = linesOfBoth(a.lines, b.lines);
  // Machines that start in one second may have equal marks, and machines of one type some equal lines.
  if (shares && messages.other <= messages.same) return 'time';
  if (isImpossible) return null;
  if (messages.same > messages.other) return 'lines';
  const started = ({ boots }: Probe): boolean => boots.some((boot) => boot.started);
  // Each starts a boot of its own.
  if (a.lines.size > 0 && b.lines.size > 0 && started(a) && started(b)) return null;
  // The clock of the board is set to whole seconds.
  if (
    possible.some(
      ([x, y]) => x.identity.rtc !== null && x.identity.rtc === y.identity.rtc && x.build === y.build,
    )
  )
    return 'time';
  if (continues(one, other) || continues(other, one)) return 'rotation';
  // dmesg and kern.log beside each other are of one boot; host1.log and host2.log are two unless they say otherwise.
  if (stemOf(one.path) !== stemOf(other.path)) return null;
  if (possible.some(([x, y]) => x.identity.wallOffset !== null && y.identity.wallOffset !== null))
    return 'time';
  return possible.some(([x, y]) => x.build !== null && y.build !== null) ? 'banner' : 'place';
}

/** True where they cannot be one boot. One kernel boots many times, but a boot runs one build. */
function areTwo(a: ProbedBoot, b: ProbedBoot): boolean {
  return contradicts(a.identity, b.identity) || (a.build !== null && b.build !== null && a.build !== b.build);
}

/** True where a log goes on from an older piece of it: kern.log from kern.log.1. */
function continues(one: Sibling, other: Sibling): boolean {
  const [newer, older] = [rotationOf(one.path), rotationOf(other.path)];
  const [first, last] = [one.probe.boots[0], other.probe.boots.at(-1)];
  if (newer.log !== older.log || newer.age >= older.age || !first || !last) return false;
  return !first.started && !areTwo(first, last);
}

const of = (siblings: readonly Sibling[], kind: EvidenceKind): Sibling[] =>
  siblings.filter(({ probe }) => probe.kind === kind);

/** Logs of one boot, which a chain of pairs may show. */
function logClusters(logs: readonly Sibling[]): Cluster[] {
  const clusters: Cluster[] = [];
  for (const log of logs) {
    const own: Cluster = { members: [log], stem: stemOf(log.path), by: new Set() };
    for (const other of clusters.filter(({ members }) => members.some((one) => sameBoot(one, log)))) {
      for (const one of other.members) {
        const how = sameBoot(one, log);
        if (how) own.by.add(how);
      }
      own.members.push(...other.members);
      for (const how of other.by) own.by.add(how);
      clusters.splice(clusters.indexOf(other), 1);
    }
    clusters.push(own);
  }
  return clusters;
}

/** Adds traces to the boot of their name, or of the folder where there is one only; else they are boots of their own. */
function addTraces(clusters: Cluster[], traces: readonly Sibling[]): void {
  const stems = new Set(traces.map(({ path }) => stemOf(path)));
  const only = clusters.length <= 1 && stems.size <= 1 ? clusters[0] : null;
  for (const trace of traces) {
    const stem = stemOf(trace.path);
    const cluster =
      only ?? clusters.find((one) => one.stem === stem && (stem !== '' || clusters.length === 1));
    if (cluster) {
      cluster.members.push(trace);
      cluster.by.add(stem !== '' && stem === cluster.stem ? 'name' : 'place');
    } else clusters.push({ members: [trace], stem, by: new Set() });
  }
}

/** Files that are one case, by their indices, and why. */
export interface Several {
  readonly at: readonly number[];
  readonly why: string | null;
}

/** The cases of several of these files. */
export async function casesOfSeveral(group: readonly string[]): Promise<Several[]> {
  const siblings: Sibling[] = [];
  // One by one: descriptors may be few.
  for (const path of group) siblings.push({ path, probe: await probe(path) });
  return casesOf(siblings)
    .filter(({ paths }) => paths.length > 1)
    .map(({ paths, why }) => ({ at: paths.map((path) => group.indexOf(path)), why }));
}

const turns = new Turns();

/** The same of one group after the other, however many are asked for: descriptors and memory may be few. */
export const compareHere = (group: readonly string[]): Promise<Several[]> =>
  turns.take(() => casesOfSeveral(group));

/** The cases in the order of their first files. */
export function casesOf(siblings: readonly Sibling[]): SiblingCase[] {
  const clusters = logClusters(of(siblings, 'log'));
  addTraces(clusters, of(siblings, 'trace'));
  const rest = siblings.filter(({ probe }) => probe.kind !== 'log' && probe.kind !== 'trace');
  const counters = of(siblings, 'counters');
  const [first] = clusters;
  // Counters alone are evidence too; the accounting tells their boots apart.
  if (!first && counters.length > 0) clusters.push({ members: [], stem: '', by: new Set(['place']) });
  const unknown = of(siblings, 'other').length;
  const only = clusters.length === 1 ? clusters[0] : null;
  for (const one of rest) {
    const stem = stemOf(one.path);
    const named = stem === '' ? null : (clusters.find((cluster) => cluster.stem === stem) ?? null);
    // Many files of no known format are a collection, not notes beside a report.
    const belongs =
      one.probe.kind !== 'package' && (one.probe.kind !== 'other' || unknown * 2 <= siblings.length);
    const cluster = belongs ? (only ?? named) : null;
    if (cluster) {
      cluster.members.push(one);
      cluster.by.add(only ? 'place' : 'name');
    } else clusters.push({ members: [one], stem: '\0', by: new Set() });
  }
  const order = new Map(siblings.map(({ path }, index) => [path, index]));
  const place = (path: string): number => order.get(path) ?? 0;
  return clusters
    .map(({ members, by }) => {
      const paths = members.map(({ path }) => path).sort((a, b) => place(a) - place(b));
      return { paths, why: paths.length > 1 ? `one boot by ${[...by].sort().join(', ')}` : null };
    })
    .sort((a, b) => place(a.paths[0] ?? '') - place(b.paths[0] ?? ''));
}
