// SPDX-License-Identifier: Apache-2.0
/** Over whole captures. */
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ParsedEvent } from '../../../src/model/event.js';
import { bytesOf, CORPUS, captures, has } from '../../corpus/index.js';
import { fact, type Read, read } from './read.js';

function files(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : [];
}

const isOffset = (event: ParsedEvent): boolean => event.kind === 'boot-mark' && event.what === 'wall-offset';
const facts = ({ events }: Read): string[] =>
  events
    .filter((event) => !isOffset(event))
    .map(fact)
    .sort();

const scenarios = captures(/^s\d/);
const boots = captures(/^r\d/).flatMap((name) => files(CORPUS + name).filter((path) => /boot\d$/.test(path)));

describe('every form of each log says the same', () => {
  test.each(scenarios)('%s', async (scenario) => {
    const folder = `${CORPUS}${scenario}`;
    const names = [...files(`${folder}/dmesg`), ...files(folder).filter((path) => /\/serial/.test(path))];
    const plain = names.find((path) => /\/plain\.txt/.test(path));
    if (plain === undefined) throw new Error('no plain form');
    const want = await read(bytesOf(plain));
    const wanted = facts(want);
    for (const path of names) {
      const got = path === plain ? want : await read(bytesOf(path));
      if (/l-warn-err/.test(path)) {
        // A subset by level; without the banner a stack names the kernel.
        const known = new Set([
          ...wanted,
          ...want.events.flatMap((event) =>
            event.kind === 'kernel-version' ? [fact({ ...event, banner: '' })] : [],
          ),
        ]);
        expect(facts(got).filter((each) => !/boot-start/.test(each) && !known.has(each))).toEqual([]);
      } else if (!/serial/.test(path) || !/autoload-trace/.test(path)) {
        expect({ path, facts: facts(got) }).toEqual({ path, facts: wanted });
      }
      if (/\/(?:t|time-notime)\./.test(path)) expect(got.diagnostics).toEqual({ 'log-time-unknown': 1 });
      // `-H` knows the first message of a minute only to the minute.
      else if (/\/(?:H|time-reltime)\./.test(path)) {
        const minutes =
          new TextDecoder().decode(bytesOf(path)).match(/^\[\w+ ?\d+ \d\d:\d\d\]/gm)?.length ?? 0;
        expect(got.diagnostics).toEqual(minutes > 1 ? { 'log-time-unknown': minutes - 1 } : {});
      } else if (!/serial|l-warn/.test(path)) expect(got.diagnostics).toEqual(want.diagnostics);
    }
  });

  test.each(boots)('%s', async (folder) => {
    const want = facts(await read(bytesOf(`${folder}/dmesg.plain.txt.xz`)));
    const wanted = new Set(want);
    for (const path of files(folder).filter((each) => /\/(?:dmesg|dev-kmsg|journalctl\.[bk]\.)/.test(each))) {
      if (/b-1|b\.cat/.test(path)) continue;
      const got = facts(await read(bytesOf(path)));
      const given = new Set(got);
      const missing = want.filter((each) => !/boot-start/.test(each) && !given.has(each));
      const more = got.filter(
        (each) => !/boot-start|boot-duration|unit-time/.test(each) && !wanted.has(each),
      );
      expect({ path, missing, more }).toEqual({ path, missing: [], more: [] });
    }
  });
});

describe('duplicate requests', () => {
  test('all 344 are seen', async () => {
    const { events } = await read(bytesOf(`${CORPUS}s5-autoload/dmesg/plain.txt`));
    expect(events.filter(({ kind }) => kind === 'duplicate-request')).toHaveLength(344);
  });

  if (has('s5b-autoload-trace'))
    test('of WARNs the task is always right, the call site is right or not given', async () => {
      const folder = `${CORPUS}s5b-autoload-trace`;
      const { events } = await read(bytesOf(`${folder}/dmesg/plain.txt.xz`));
      const trace = new TextDecoder().decode(
        bytesOf(files(`${folder}/ftrace`).find((p) => /\/trace\.txt/.test(p)) ?? ''),
      );
      const asked = new Set<string>();
      for (const [, pid, name, site] of trace.matchAll(
        /-(\d+) +\[.*module_request: (\S+) wait=1 call_site=(\S+)/g,
      )) {
        asked.add(`${pid} ${name} ${site}`);
      }
      const warns = events.flatMap((event) => (event.kind === 'duplicate-request' ? [event] : []));
      expect(warns).toHaveLength(344);
      expect(warns.every(({ pid, comm }) => pid !== null && comm !== null)).toBe(true);
      const named = warns.filter(({ callSite }) => callSite !== null);
      expect(named.filter((warn) => !asked.has(`${warn.pid} ${warn.requested} ${warn.callSite}`))).toEqual(
        [],
      );
      expect(named.length).toBeGreaterThan(320);
    });
});
