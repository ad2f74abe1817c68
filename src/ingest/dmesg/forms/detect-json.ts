// SPDX-License-Identifier: Apache-2.0
/** Detection of the kernel log's JSON and journal export forms. */
import { filledLines, textOfHead } from '../../head.js';
import type { Head, Verdict } from '../../ingester.js';
import { counted } from '../../verdict.js';

/** `{"dmesg": [{"pri": 6, "time": 0.000000, "msg": "..."}]}`, in any layout. */
export function sniffDmesgJson(head: Head): Verdict | null {
  const text = head.lines.slice(0, 200).join('\n');
  const named = /^[\ufeff\s]*\{\s*"dmesg"\s*:\s*\[/.test(text);
  if (!named && !/^[\ufeff\s]*\[\s*\{\s*"(?:fac|pri|time)"/.test(text)) return null;
  const messages = text.match(/"msg"\s*:\s*"/g)?.length ?? 0;
  const times = text.match(/"time"\s*:\s*(?:\d+\.\d|")/g)?.length ?? 0;
  if (!named && (messages === 0 || times === 0)) return null;
  return counted('dmesg -J', named ? 98 : 80, messages, Math.max(messages, times), 'records have a message');
}

const JOURNAL_KEY = /"(?:__CURSOR|__REALTIME_TIMESTAMP|__MONOTONIC_TIMESTAMP|_BOOT_ID)"\s*:/;

/** An entry of json-seq without its record separator, one of json-sse without its field name. */
function withoutMark(line: string): string {
  return line.replace(/^(?:\u001e|data: )+/, '').replace(/^\[(?=\{)/, '');
}

/** Objects with the journal's keys, one per line or over several lines. */
export function sniffJournalJson(head: Head): Verdict | null {
  const all = filledLines(head);
  // An array of entries.
  const filled =
    all[0]?.trim() === '[' ? all.slice(1).map((line) => (line.trim() === '{' ? '{' : line)) : all;
  const first = withoutMark(filled[0] ?? '');
  if (!first.startsWith('{') || !textOfHead(head).text.includes('"MESSAGE"')) return null;
  const lines = filled.map(withoutMark);
  if (first === '{') {
    const fields = lines.filter((line) => /^\s+"[A-Z_][A-Z0-9_]*" ?:/.test(line)).length;
    const known = lines.filter((line) => JOURNAL_KEY.test(line)).length;
    return known > 0
      ? counted('journalctl -o json-pretty', 95, fields, lines.length, 'lines are journal fields')
      : null;
  }
  // The last line of a head may be truncated.
  const whole = head.whole || lines.length === 1 ? lines : lines.slice(0, -1);
  const matched = whole.filter((line) => line.startsWith('{"') && JOURNAL_KEY.test(line)).length;
  if (matched === 0 || matched * 2 < whole.length) return null;
  return counted('journalctl -o json', 95, matched, whole.length, 'lines are journal entries');
}

/** `__CURSOR=...`, `__REALTIME_TIMESTAMP=...` and other fields at the start of lines. */
export function sniffJournalExport(head: Head): Verdict | null {
  const { text } = textOfHead(head);
  // Timestamp fields are the rarest line starts.
  if (!text.startsWith('__') && !text.includes('\n__')) return null;
  const lines = filledLines(head);
  const fields = lines.filter((line) => /^[A-Z_][A-Z0-9_]{1,63}(?:=|$)/.test(line)).length;
  const stamps = lines.filter((line) =>
    /^(?:__REALTIME_TIMESTAMP|__MONOTONIC_TIMESTAMP)=\d+$/.test(line),
  ).length;
  if (stamps === 0 || fields * 2 < lines.length) return null;
  return counted('journalctl -o export', 95, fields, lines.length, 'lines are journal fields');
}
