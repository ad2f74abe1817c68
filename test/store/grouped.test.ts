// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { allRows } from '../../src/query/database.js';
import type { StoreDatabase } from '../../src/store/types.js';

const ALIKE =
  'boot, requester, comm, parent_comm, call_site, module, phase, outcome, errno, basis, by_probes, whole_record, clock, source';
const ASKED = 'boot, clock, requested, call_site, comm, origin, duplicate';

const sorted = (db: StoreDatabase, sql: string): string[] =>
  allRows(db, sql)
    .map((row) => row.join())
    .sort();

/** Calls by a clock that counts events, calls without an end, and one name on two clocks. */
const TICKS = ` modprobe-7  [000] .....  11: sys_init_module(umod: 1, len: 5000, uargs: 1)
 modprobe-7  [000] .....  12: sys_init_module -> 0xffffffffffffffef
 modprobe-8  [000] .....  13: sys_init_module(umod: 1, len: 6000, uargs: 1)
 modprobe-8  [000] .....  14: sys_init_module -> 0xfffffffffffffff4
 insmod-9  [000] .....  15: sys_finit_module(fd: 3, uargs: 1, flags: 0)
`;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const traced = (text: string): string => `# tracer: nop\n#\n${text}`;

describe.each([
  ['a storm', ['samples/dup-storm']],
  ['failures', ['samples/failures']],
  ['ticks', [{ name: 'trace', bytes: bytes(traced(TICKS)) }]],
  ['two recordings', ['samples/dup-storm', { name: 'other/trace', bytes: bytes(traced(TICKS)) }]],
])('groups of %s', async (_, inputs) => {
  const { db } = await (await openCase({ inputs })).store();

  it('sum up the attempts', () => {
    const groups = sorted(
      db,
      `SELECT ${ALIKE}, attempts, wasted_low, wasted_high, exact, allocations, first_ns, last_ns, timed, spent_ns, longest_ns,
         concurrent, concurrent_ns
       FROM grouped_attempts`,
    );
    expect(groups.length).toBeGreaterThan(0);
    expect(groups).toEqual(
      sorted(
        db,
        `SELECT ${ALIKE}, count(*), sum(wasted_low), iif(count(wasted_high) = count(*), sum(wasted_high), NULL),
           min(wasted_low IS wasted_high), iif(count(allocations) = count(*), sum(allocations), NULL),
           min(t_ns), max(t_ns), count(end_ns - t_ns), sum(end_ns - t_ns), max(end_ns - t_ns), max(concurrent),
           min(iif(concurrent = most, t_ns, NULL))
         FROM (SELECT *, max(concurrent) OVER (PARTITION BY ${ALIKE}) AS most FROM attempts)
         GROUP BY ${ALIKE}`,
      ),
    );
  });

  it('count the requests', () => {
    expect(sorted(db, `SELECT ${ASKED}, requests, first_ns FROM grouped_requests`)).toEqual(
      sorted(db, `SELECT ${ASKED}, count(*), min(t_ns) FROM requests GROUP BY ${ASKED}`),
    );
  });

  it('are numbered within each boot', () => {
    const numbers = allRows(
      db,
      'SELECT boot, min(attempt_group), max(attempt_group) - count(*) FROM grouped_attempts GROUP BY boot',
    );
    for (const [, first, more] of numbers) expect([first, more]).toEqual([1n, 0n]);
  });
});
