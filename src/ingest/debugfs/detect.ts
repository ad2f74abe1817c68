// SPDX-License-Identifier: Apache-2.0
/** Detects dumps of /sys/kernel/debug/modules by their lines. */
import { COUNTERS } from '../../model/counters.js';
import { type FileName, isCounterFile } from '../../model/debugfs.js';
import { textOfHead } from '../head.js';
import type { Head, Verdict } from '../ingester.js';
import { classify, type Fact } from './classify.js';
import { LABEL_PATTERN } from './labels.js';
import { plainText, rowsOf } from './text.js';
import { isDiff, isTableRow, withoutDiffMark } from './two-sided.js';

const NAMED = new RegExp(`(?:${LABEL_PATTERN})[\\s:=|]|-name\\s+How-many-times|${COUNTERS.join('|')}`, 'i');
/** Reasons of list rows with a short prefix: V8 finds words below seven characters three times as fast. */
const REASONS = ['Becoming', 'Load', 'Bug-on-stats'].map((reason) => ({
  reason,
  prefix: reason.slice(0, 6),
}));

/** False if the head holds no table row, list row or counter name, as most heads. */
function mayHoldStats(head: Head): boolean {
  const { text, odd } = textOfHead(head);
  const plain = odd ? plainText(text) : text;
  return hasListRow(plain) || NAMED.test(plain);
}

/** True if a reason follows a number and blanks. */
function hasListRow(text: string): boolean {
  return REASONS.some(({ reason, prefix }) => {
    for (let at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, at + 1)) {
      let end = at;
      while (/\s/.test(text.charAt(end - 1))) end--;
      if (end < at && /\d/.test(text.charAt(end - 1)) && text.startsWith(reason, at)) return true;
    }
    return false;
  });
}

/** Every row and counter has one of these words. */
const WORDS = /mod|bytes|stats|failed|invalid|total_|unloaded_|becoming|load|bug-on|^\s*\d+\s*$/i;

export function sniff(head: Head): Verdict | null {
  if (!mayHoldStats(head)) return null;
  let table = 0;
  let listed = 0;
  let files = 0;
  let named = 0;
  let tried = 0;
  let file: FileName | null = null;
  const diff = isDiff(head.lines);
  for (const text of head.lines) {
    const line = diff ? withoutDiffMark(text) : text;
    if (isTableRow(plainText(line))) {
      table++;
      tried++;
      continue;
    }
    const rows = WORDS.test(line) ? rowsOf(plainText(line)) : [line];
    for (const row of rows) {
      const fact: Fact = WORDS.test(row)
        ? classify(row)
        : { is: row.trim() === '' ? 'blank' : 'text', directory: '', text: row };
      if (fact.is === 'blank') continue;
      tried++;
      if (fact.is === 'table-row') table++;
      else if (fact.is === 'list-row' || fact.is === 'list-head') listed++;
      else if (fact.is === 'value-of' && fact.value !== null) files++;
      else if (fact.is === 'number' && file && isCounterFile(file)) files++;
      else if (fact.is === 'file' || fact.is === 'command') named++;
      file = fact.is === 'file' || fact.is === 'command' ? fact.file : null;
    }
  }
  const matched = table + listed + files;
  if (table + files === 0 && listed * 2 <= tried) return null;
  const share = (matched + named) / tried;
  const confidence = share > 0.5 ? 95 : matched >= 5 ? 80 : 60;
  const form = table + listed === 0 ? 'counter files' : files === 0 ? 'stats table' : 'directory dump';
  return {
    form,
    confidence,
    matched: matched + named,
    tried,
    why: `${table} rows of the stats table, ${listed} of its list, ${files} counter files, in ${tried} lines`,
  };
}
