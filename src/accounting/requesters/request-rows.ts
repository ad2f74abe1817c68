// SPDX-License-Identifier: Apache-2.0
/**
 * Rows of requests: those of a trace, merged with the kernel log's messages about them. A text trace prints a pid's last
 * name, the log's WARN the name at the time, so the log's name is used.
 */

import type { DuplicateRequest, Event, RequestFailure } from '../../model/event.js';
import { groupBy } from '../../model/groups.js';
import { BOOT_CLOCK } from '../../model/source.js';
import type { Request } from '../model.js';
import type { JoinedRequest } from './requests.js';

interface Draft {
  readonly joined: JoinedRequest;
  readonly requested: string;
  readonly pid: number;
  duplicate: boolean;
  logged: DuplicateRequest | null;
}

/** All requests of the trace, and those that only the log shows, each once. */
export function requestRows(
  boot: number,
  traced: readonly JoinedRequest[],
  log: readonly Event[],
): Request[] {
  const drafts = traced.map((joined): Draft => {
    const { event, duplicate } = joined;
    return { joined, requested: event.requested, pid: event.pid, duplicate, logged: null };
  });
  const unmatched = matchLog(
    drafts,
    log.filter((event) => event.kind === 'duplicate-request'),
  );
  correctFirsts(drafts);
  const comms = namesOf(drafts);
  const rows = drafts.map((draft): Request => {
    const { event, clock, task } = draft.joined;
    const name = comms.get(draft);
    return {
      boot,
      t: event.t,
      clock,
      requested: draft.requested,
      callSite: event.callSite ?? draft.logged?.callSite ?? null,
      pid: event.pid,
      comm: name === undefined ? (event.comm ?? task?.comm ?? null) : name,
      wait: event.wait,
      duplicate: draft.duplicate,
      origin: 'trace',
      cite: { source: event.source, line: event.line },
    };
  });
  // An AVC record names the requesting task; a message of the caller itself repeats a known request.
  const names = new Set(rows.map(({ requested }) => requested));
  const audited = log
    .filter((event) => event.kind === 'request-failure')
    .filter(({ what, requested }) => what !== 'failed' && requested !== null && !names.has(requested));
  return [...rows, ...[...unmatched, ...audited].map((logged) => loggedRow(boot, logged))];
}

function loggedRow(boot: number, logged: DuplicateRequest | RequestFailure): Request {
  return {
    boot,
    t: logged.t,
    clock: BOOT_CLOCK,
    requested: logged.requested ?? '',
    callSite: logged.kind === 'duplicate-request' ? logged.callSite : null,
    pid: logged.pid,
    comm: logged.comm,
    wait: null,
    duplicate: logged.kind === 'duplicate-request',
    origin: 'log',
    cite: { source: logged.source, line: logged.line },
  };
}

/**
 * Assigns each line of the log to its request: to that of its task where the line names one, else to the next duplicate
 * request of the name, else to any but the first. The clocks of a log and a trace can be seconds apart, so only the order
 * counts. Returns the lines without a request.
 */
function matchLog(drafts: readonly Draft[], lines: readonly DuplicateRequest[]): DuplicateRequest[] {
  if (lines.length === 0) return [];
  const byTask = groupBy(drafts, (draft) => `${draft.pid} ${draft.requested}`);
  const duplicates = groupBy(
    drafts.filter((draft) => draft.duplicate),
    (draft) => draft.requested,
  );
  const further = groupBy(
    [...groupBy(drafts, (draft) => draft.requested).values()].flatMap((queue) => queue.slice(1)),
    (draft) => draft.requested,
  );
  const take = (queue: Draft[] | undefined): Draft | null => {
    while (queue && queue.length > 0) {
      const draft = queue.shift();
      if (draft && draft.logged === null) return draft;
    }
    return null;
  };
  return lines.filter((line) => {
    const draft =
      line.pid === null
        ? (take(duplicates.get(line.requested)) ?? take(further.get(line.requested)))
        : take(byTask.get(`${line.pid} ${line.requested}`));
    if (!draft) return true;
    draft.logged = line;
    draft.duplicate = true;
    return false;
  });
}

/**
 * Tasks that ask at about the same time may be in the trace in another order than the kernel saw them. Where the log names
 * the task of a first request as one that asked again, the first request was one of those that it does not name.
 */
function correctFirsts(drafts: readonly Draft[]): void {
  for (const asked of groupBy(drafts, (draft) => draft.requested).values()) {
    let isNamed = false;
    for (const draft of asked) {
      const { joined, logged } = draft;
      if (!joined.duplicate && joined.event.wait !== false) isNamed = typeof logged?.pid === 'number';
      else if (isNamed && draft.duplicate && logged === null) {
        draft.duplicate = false;
        isNamed = false;
      }
    }
  }
}

/**
 * Task names by the log. A request without a line of its own (the first has none) takes the name of the lines before and
 * after it; where they disagree, the one that also made the same request elsewhere, or none.
 */
function namesOf(drafts: readonly Draft[]): Map<Draft, string | null> {
  const askers = new Map<string, Set<string>>();
  for (const { requested, logged } of drafts) {
    if (!logged?.comm) continue;
    askers.set(requested, (askers.get(requested) ?? new Set()).add(logged.comm));
  }
  const names = new Map<Draft, string | null>();
  if (askers.size === 0) return names;
  for (const own of groupBy(drafts, (draft) => `${draft.pid}`).values()) {
    if (!own.some((draft) => draft.logged?.comm)) continue;
    const after: (string | null)[] = [];
    let next: string | null = null;
    for (let i = own.length - 1; i >= 0; i--) {
      next = own[i]?.logged?.comm ?? next;
      after[i] = next;
    }
    let before: string | null = null;
    own.forEach((draft, index) => {
      before = draft.logged?.comm ?? before;
      names.set(
        draft,
        draft.logged?.comm ?? between(before, after[index] ?? null, askers.get(draft.requested)),
      );
    });
  }
  return names;
}

function between(
  before: string | null,
  after: string | null,
  askers: ReadonlySet<string> | undefined,
): string | null {
  if (before === null || after === null || before === after) return after ?? before;
  const likely = [before, after].filter((name) => askers?.has(name));
  return likely.length === 1 ? (likely[0] ?? null) : null;
}
