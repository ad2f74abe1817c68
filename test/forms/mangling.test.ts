// SPDX-License-Identifier: Apache-2.0
/** What mail, terminals, editors and slow pipes do to a text changes nothing of what is read from it. */
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/ingest/collector.js';
import { allEvents, factsOf } from './compare.js';
import { FIXTURES, type Fixture } from './fixtures.js';
import { readBytes } from './read.js';

interface Mangling {
  readonly name: string;
  /** What kinds of fixture it leaves as they are. */
  readonly for: readonly Fixture['is'][];
  mangle(text: string): string | Uint8Array;
}

const TEXT: readonly Fixture['is'][] = ['log', 'table', 'json'];
const LINES: readonly Fixture['is'][] = ['log', 'table'];

/** Every line with its end, changed. */
function lines(change: (line: string) => string): (text: string) => string {
  return (text) => text.replace(/[^\n]+/g, change);
}

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * text.length + 2);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfeff, littleEndian);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i + 2, text.charCodeAt(i), littleEndian);
  return bytes;
}

const MANGLINGS: readonly Mangling[] = [
  { name: 'CRLF', for: TEXT, mangle: (text) => text.replaceAll('\n', '\r\n') },
  { name: 'no final newline', for: TEXT, mangle: (text) => text.replace(/\n$/, '') },
  { name: 'UTF-8 with BOM', for: TEXT, mangle: (text) => `\ufeff${text}` },
  { name: 'UTF-16LE with BOM', for: TEXT, mangle: (text) => utf16(text, true) },
  { name: 'UTF-16BE with BOM', for: TEXT, mangle: (text) => utf16(text, false) },
  { name: 'mail quoting', for: LINES, mangle: lines((line) => `> ${line}`) },
  { name: 'quoting of quoting', for: LINES, mangle: lines((line) => `>> ${line}`) },
  { name: 'deep quoting', for: LINES, mangle: lines((line) => `> > > > ${line}`) },
  { name: 'quoting without a space', for: LINES, mangle: lines((line) => `>>>>>${line}`) },
  { name: 'tabs to spaces', for: LINES, mangle: (text) => text.replaceAll('\t', '        ') },
  { name: 'squeezed spaces', for: LINES, mangle: lines((line) => line.replace(/ {2,}/g, ' ')) },
  {
    name: 'no-break spaces',
    for: LINES,
    mangle: lines((line) => line.replace(/ {2,}/g, (run) => run.replaceAll(' ', '\u00a0'))),
  },
  { name: 'all spaces no-break', for: LINES, mangle: (text) => text.replaceAll(' ', '\u00a0') },
  {
    name: 'colour',
    for: LINES,
    mangle: lines((line) => `\u001b[32m${line.slice(0, 5)}\u001b[0m${line.slice(5)}\u001b[K`),
  },
  { name: 'trailing blanks', for: LINES, mangle: lines((line) => `${line}  `) },
];

interface Said {
  readonly formats: readonly (string | null)[];
  readonly events: readonly string[];
}

function saidBy(evidence: Evidence): Said {
  return {
    formats: evidence.sources.map(({ format }) => format),
    events: allEvents(evidence).map((event) => `${event.source}:${event.line} ${event.t} ${factsOf(event)}`),
  };
}

/** Without runs of blanks: whether `Jan  1` has one or two is content to nobody. */
function squeezed({ formats, events }: Said): Said {
  return {
    formats,
    // A long list goes on in records that begin with a blank: squeezed, they are not told from others.
    events: events
      .filter((event) => !event.includes('modules-linked-in'))
      .map((event) => event.replace(/ +/g, ' ')),
  };
}

describe.each(FIXTURES.map((fixture) => [fixture.name, fixture] as const))('%s', async (_name, fixture) => {
  const want = saidBy(await readBytes({ bytes: fixture.bytes }));
  const inShort = squeezed(want);

  test('is what it is taken for', () => {
    expect(want.formats[0]).toBe(fixture.format);
    expect(want.events.length).toBeGreaterThan(0);
  });

  test.each([1, 7, 100])('in chunks of %i', async (chunk) => {
    expect(saidBy(await readBytes({ bytes: fixture.bytes, chunk }))).toEqual(want);
  });

  test.each(MANGLINGS.filter((mangling) => mangling.for.includes(fixture.is)))(
    '$name',
    async ({ mangle }) => {
      const mangled = mangle(new TextDecoder().decode(fixture.bytes));
      const bytes = typeof mangled === 'string' ? new TextEncoder().encode(mangled) : mangled;
      expect(squeezed(saidBy(await readBytes({ bytes })))).toEqual(inShort);
    },
  );
});
