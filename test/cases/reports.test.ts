// SPDX-License-Identifier: Apache-2.0
/**
 * Whole reports, as a reader gets them: each was read line by line. `npx vitest run test/cases/reports -u` writes them anew.
 * Every figure is one of `query NAME --format json`: in text, Markdown, JSON and HTML.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { loadQueries } from '../../src/query/library.js';
import { Asked } from '../../src/report/answer/ask.js';
import { answerFrom } from '../../src/report/answer/index.js';
import type { Answer } from '../../src/report/answer/types.js';
import { markdownReport } from '../../src/report/views/markdown.js';
import { cli } from '../cli/harness.js';
import { askedOf, CAPTURES, expectRead, expectToFit, POSTS, reportAt } from './captures.js';
import type { Row } from './read.js';

/** Bytes as a reader rounds them; not by the code under test. */
function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  let left = value;
  while (left >= 999.95 && unit < units.length - 1) {
    left /= 1024;
    unit++;
  }
  if (unit === 0 && value >= 1024) [left, unit] = [value / 1024, 1];
  return `${unit === 0 ? value : left >= 99.95 ? Math.round(left) : left.toFixed(1)} ${units[unit]}`;
}

const number = (value: string | number | null | undefined): number => Number(value ?? 0);
const grouped = (value: string | number | null | undefined): string => number(value).toLocaleString('en-US');

/** What stands for bytes between two bounds. */
function span(low: number, high: string | number | null | undefined): string {
  if (high === null || high === undefined) return low === 0 ? 'not known' : `at least ${bytes(low)}`;
  const most = number(high);
  if (bytes(low) === bytes(most)) return bytes(low);
  return low === 0 ? `at most ${bytes(most)}` : `${bytes(low)} to ${bytes(most)}`;
}

describe.each(CAPTURES)('the report of %s', (name, path) => {
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-numbers-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let asked: (name: string) => Row[];
  let answer: Answer;
  let text: string;
  let markdown: string;
  let html: string;
  let sections: Readonly<Record<string, Row[]>>;

  beforeAll(async () => {
    const opened = await openCase({ inputs: [path] });
    const { db, fill } = await opened.store([]);
    asked = askedOf(db, fill);
    answer = answerFrom(new Asked(db, loadQueries(), fill));
    text = reportAt(answer, 200);
    markdown = [...markdownReport(answer)].join('');
    const file = join(folder, 'report.html');
    // The command gets what was read here, and must not close it.
    const store = async (tables?: readonly string[]) => ({
      ...(await opened.store(tables)),
      close: () => undefined,
    });
    const ran = await cli(['analyze', path, '--format', 'json', '--html', file, '-q'], {
      openCase: async () => ({ ...opened, store }),
    });
    sections = JSON.parse(ran.stdout) as Record<string, Row[]>;
    html = readFileSync(file, 'utf8');
  });

  /** The lines below a title, up to the next one. */
  const below = (all: string, title: string): string[] => {
    const lines = all.split('\n');
    const from = lines.findIndex((line) => line.startsWith(title));
    if (from < 0) return [];
    const rest = lines.slice(from + 1);
    const skip = rest[0] === '' ? 1 : 0;
    const to = rest.slice(skip).indexOf('');
    return rest.slice(skip, to < 0 ? undefined : to + skip);
  };

  /** Each row of figures stands in a line of its own, in its order, in text and in Markdown. */
  const stand = (title: string, rows: readonly (readonly string[])[], most: number): void => {
    for (const all of [text, markdown]) {
      const lines = below(all, title).map((line) => line.replace(/\\|<!-- -->/g, ''));
      const isText = all === text;
      const shown = rows.slice(0, isText ? 8 : most);
      const found = shown.map((cells) => {
        const gap = isText ? String.raw`\s(?:.*\s)?` : String.raw` \|(?:.*\|)? `;
        const cell = (one: string): string => one.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
        const line = new RegExp(`(?:^|\\s)${cells.map(cell).join(gap)}(?:\\s|$)`);
        return lines.some((one) => line.test(one)) ? cells : ['missing', ...cells, ...lines];
      });
      expect(found).toEqual(shown);
    }
  };

  it('is what was read and found right, and fits terminals', async () => {
    await expectRead(name, answer);
    expectToFit(answer);
  });

  it('by phase are those of the query', () => {
    const rows = asked('phase-waste').filter(
      (row) => number(row.failures) > 0 || number(row.bytes) > 0 || number(row.bytes_low) > 0,
    );
    stand(
      'Waste by phase',
      rows.map((row) => [
        String(row.phase),
        `${row.failures === row.failures_high ? '' : 'at least '}${grouped(row.failures)}`,
        row.duplicates === null ? 'not known' : grouped(row.duplicates),
        row.bytes === null ? span(number(row.bytes_low), row.bytes_high) : bytes(number(row.bytes)),
      ]),
      4,
    );
  });

  it('by module are those of the query', () => {
    stand(
      'Worst modules',
      asked('duplicates').map((row) => [
        String(row.module),
        grouped(row.times),
        `${row.basis === 'estimated' ? 'about ' : ''}${
          row.bytes === null ? span(number(row.bytes_low), row.bytes_high) : bytes(number(row.bytes))
        }`,
      ]),
      6,
    );
  });

  it('of other failures are those of the query', () => {
    stand(
      'Other failures',
      asked('failures').map((row) => [
        ({ busy: 'busy, or a duplicate', exists: 'a duplicate, or its init' } as Record<string, string>)[
          String(row.reason)
        ] ?? String(row.reason),
        ...(row.module === null ? [] : [String(row.module)]),
        grouped(row.times),
        ...(row.phase === 'init'
          ? ['not counted']
          : row.wasted_bytes === null
            ? []
            : [`${row.basis === 'bounded' ? 'at least ' : ''}${bytes(number(row.wasted_bytes))}`]),
      ]),
      4,
    );
  });

  it('by requester are those of the query', () => {
    const lines = below(text, 'Load calls by requester').join('\n');
    for (const row of asked('requesters').slice(0, 8)) {
      const worth =
        row.wasted_bytes === null
          ? number(row.duplicates) + number(row.failed) > 0
            ? 'not known'
            : '0 B'
          : span(number(row.wasted_bytes), row.wasted_high);
      const cells = [row.attempts, row.loaded].map(grouped).join(' +(?:.* )?');
      expect(lines).toMatch(
        new RegExp(`^ *${row.requester}.* ${cells} .*${worth.replaceAll('.', '\\.')}$`, 'm'),
      );
    }
  });

  it('of the advice are those of the query', () => {
    for (const row of asked('advice')) {
      const noun = row.evidence === 'failures' ? 'failed load' : 'call';
      const calls = number(row.calls) === 1 ? `1 ${noun}` : `${grouped(row.calls)} ${noun}s`;
      const worth = row.saves_low === null ? null : span(number(row.saves_low), row.saves_high);
      if (worth === null || worth === '0 B') continue;
      const saves = worth === 'not known' ? 'saves an unknown amount' : `saves ${worth}`;
      const inCalls = number(row.calls) === 0 || row.evidence === 'autoload' ? '' : ` in ${calls}`;
      const at = text.indexOf(`\n${row.rank}. `);
      expect(text.slice(at).replace(/\n {3}/g, ' ')).toMatch(
        new RegExp(`^\n${row.rank}\\. [^\n]* ${saves}${inCalls}(?:[;,\n ]|$)`),
      );
      if (number(row.rank) <= 4) expect(markdown).toContain(`${saves}${inCalls}`);
    }
  });

  it('of the verdict are those of the boot, in every format', () => {
    const [boot] = asked('boots');
    const [headline] = sections.headline ?? [];
    for (const [name, rows] of Object.entries(sections))
      if (name !== 'headline') expect([name, rows]).toEqual([name, asked(name)]);
    if (headline?.kind === 'wasted') {
      expect(headline).toMatchObject({ wasted_low: boot?.wasted_bytes, failures: boot?.failures });
      const amount = span(number(headline.wasted_low), headline.wasted_high);
      const start = `${amount.slice(0, 1).toUpperCase()}${amount.slice(1)} wasted`;
      expect(text).toContain(`${start} in `);
      expect(markdown.replaceAll('*', '')).toContain(`${start} in `);
    }
    expect(html.replace(/<[^>]*>/g, '').replaceAll('&#39;', "'")).toContain(headline?.sentence);
    expect(text.replace(/\n */g, ' ')).toContain(String(headline?.sentence).replace(/ +/g, ' '));
  });

  it('in the page are exact, and those of the queries', () => {
    /** The values of a table's cells that are numbers, row by row. */
    const table = (label: string): string[][] => {
      const [, body = ''] = new RegExp(`aria-label="${label}".*?<tbody>(.*?)</tbody>`, 's').exec(html) ?? [];
      return [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
        [...row.matchAll(/<td class="n" data-v="([^"]*)"/g)].map(([, value = '']) => value),
      );
    };
    const exact = (rows: readonly Row[], columns: readonly string[]): string[][] =>
      rows.map((row) => columns.map((column) => String(row[column])));
    const picked = (rows: readonly string[][], count: number): string[][] =>
      rows.map((row) => row.slice(0, count));
    const known = asked('phase-waste').filter(
      ({ bytes: sum, failures }) => sum !== null && failures !== null,
    );
    if (known.length === 4)
      expect(table('Waste by phase').map(([wasted, , failures]) => [wasted, failures])).toEqual(
        exact(known, ['bytes', 'failures']),
      );
    const requesters = asked('requesters').filter((row) => row.wasted_bytes !== null);
    expect(picked(table('Load calls by requester'), 2).slice(0, requesters.length)).toEqual(
      exact(requesters, ['wasted_bytes', 'attempts']),
    );
  });
});

it.each(POSTS)(
  'the report of %s is what was read and found right, and fits terminals',
  async (name, path) => {
    const { db, fill } = await (await openCase({ inputs: [path] })).store([]);
    const answer = answerFrom(new Asked(db, loadQueries(), fill));
    await expectRead(name, answer);
    expectToFit(answer);
  },
);
