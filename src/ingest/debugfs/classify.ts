// SPDX-License-Identifier: Apache-2.0
/** Classifies one line of a dump of /sys/kernel/debug/modules, in the output formats of many tools. */
import { REASON_BECOMING, REASON_LOAD } from '../../model/counters.js';
import { type FileName, fileName, isCounterFile } from '../../model/debugfs.js';
import { FILE_PATTERN, LABEL_PATTERN, type RowMeaning, rowMeaning } from './labels.js';

/** `directory` is '' if the line names none. */
export type Fact =
  | { readonly is: 'blank' }
  /** A file name on its own line, or as a heading: its contents follow. */
  | { readonly is: 'file'; readonly directory: string; readonly file: FileName }
  /** A file name and value on one line; value null if the file is not a counter. */
  | {
      readonly is: 'value-of';
      readonly directory: string;
      readonly file: FileName;
      readonly value: bigint | null;
    }
  | { readonly is: 'number'; readonly value: bigint }
  | {
      readonly is: 'table-row';
      readonly directory: string;
      readonly label: string;
      readonly meaning: RowMeaning;
      readonly value: bigint;
      /** It has the kernel's tab; a terminal prints blanks instead. */
      readonly tabbed: boolean;
    }
  | { readonly is: 'list-title'; readonly directory: string; readonly namesOnly: boolean }
  | { readonly is: 'list-head'; readonly directory: string; readonly padded: boolean }
  | { readonly is: 'list-row'; readonly directory: string; readonly row: ListRow; readonly indented: boolean }
  /** A shell command; `file` if it prints one file of the directory. */
  | { readonly is: 'command'; readonly directory: string; readonly file: FileName | null }
  /** `startsSnapshot`: another snapshot follows. */
  | { readonly is: 'heading'; readonly label: string; readonly startsSnapshot: boolean }
  | { readonly is: 'text'; readonly directory: string; readonly text: string };

export interface ListRow {
  readonly module: string;
  readonly times: number;
  /** Reason bits; null if only names were printed. */
  readonly reasons: number | null;
  /** Characters after the count: 26 if the reason is still padded to 25 columns. */
  readonly tail: number;
  /** Bytes of the row in the kernel's buffer. */
  readonly bytes: number;
}

/** A tab and the 25 columns in which the kernel prints reasons. */
export const PADDED_TAIL = 26;

/** No line of these files is longer, with any path before it. */
const LONGEST = 512;

/** `/sys/kernel/debug/modules/stats:  text`, `stats:text`, `stats:12:text` (grep -n), `stats-text` (grep -A). */
const GREPPED_STATS = /^\s*((?:\S*\/)?)stats(?::\d+:|:|-)(?=\s*\S)(.*)$/;
/** The same from a loop over files: `stats          Mods ever loaded\t29`. */
const LOOPED_STATS = new RegExp(`^\\s*((?:\\S*\\/)?)stats\\s+((?:${LABEL_PATTERN}).*)$`, 'i');
/** `failed_becoming:192`, `modcount = 29`, `/sys/kernel/debug/modules/modcount 29`, `| modcount | 29 |`. */
const VALUE_OF = new RegExp(
  `^\\s*((?:\\S*\\/)?)(${FILE_PATTERN})(?:[ \\t]*(?::\\d+:|[:=|]|->|[ \\t])[ \\t]*)(.*)$`,
  's',
);
/** `==> stats <==`, `--- modcount ---`, `## modcount`, `/sys/kernel/debug/modules/stats`, `modcount:`. */
const FILE_HEAD = new RegExp(`^[\\s=#*\`>-]*((?:\\S*\\/)?)(${FILE_PATTERN})[\\s:=*\`<>-]*$`);
/** `         Mods ever loaded\t29`, `Mods ever loaded: 29`, `Mods ever loaded 29 (twenty-nine)`. */
const TABLE_ROW = new RegExp(
  `^[\\s*\`]*(${LABEL_PATTERN})[\\s:=|]+(\\d+)(?:\\s+\\(.*\\)|[\\s|;,*\`]*)$`,
  'i',
);
const LIST_TITLE = /^\s*(Duplicate\s+)?failed modules:\s*$/i;
/** Mail wraps the last column to a line of its own. */
const LIST_HEAD = /^\s*Module-name\s+How-many-times(?:(\s+)Reason)?\s*$/i;
const LIST_ROW = /^\s*(\S+)\s+(\d+)(\s+(Becoming & Load|Becoming|Load|Bug-on-stats))\s*$/;
/** `# cat stats`, `$ sudo grep -r . modules`, `root@kmod ~ # cat /sys/...`, `[root@a b]# tail -n +1 *`, `+ cat stats`. */
const COMMAND =
  /^\s*([^#$%]{0,60}[#$%]\s+|\+\s+)?(?:sudo\s+|doas\s+)?(?:cat|grep|head|tail|more|less|for|cd|ls|echo|tar|cp|dmesg|uname|lsmod|modprobe|insmod|rmmod|systemd-analyze|sleep|reboot|while|paste|awk|sed|udevadm)\b(.*)$/;
/** `# uptime`, `me@host:~$ ./run`. */
const ANY_COMMAND = /^\s*(?:[^#$%\s]{0,40}@[^#$%]{0,60})?[#$]\s+[a-z./]/;
const COMMAND_FILE = new RegExp(`(?:^|[\\s"'])((?:[^\\s"']*\\/)?)(${FILE_PATTERN})(?=$|[\\s"';|>])`, 'g');

/** `Before:`, `=== after-1 ===`, `With the patch:`, without colon and blanks at the end: another snapshot follows. */
const SNAPSHOT_HEADINGS = [
  /^[\s=#*_-]*((?:before|after)\b[^.;!?]{0,40}?)[\s:=*_-]*$/i,
  /^\s*((?:with|without|un)?\s?(?:the\s)?(?:patch(?:ed)?|master|baseline|vanilla|mainline)\b[^.;!?]{0,30})$/i,
];
/** `a) master`, `2. debug config`, `=== run 3 ===`, `## Statistics`: the label of a snapshot, if one starts here. */
const HEADINGS = [
  /^\s*(?:[a-z]|\d{1,2})[.)]\s+(\S[^.;!?]{0,50})$/i,
  /^\s*(?:={2,}|#{2,6}|#(?= [A-Z])|-{2,}|\*{2,})\s*(\w[^.;!?=]{0,50}?)[\s=#*:-]*$/,
];

const REASONS: ReadonlyMap<string, number> = new Map([
  ['Becoming', REASON_BECOMING],
  ['Load', REASON_LOAD],
  ['Becoming & Load', REASON_BECOMING | REASON_LOAD],
  ['Bug-on-stats', 0],
]);

/** A limit for plausible counts: a hundred thousand calls a second for half a day. */
const MAX_TIMES = 2 ** 32;

/** A row of the duplicate list (`%25s\t%15lu\t%25s\n`), or null. */
export function listRow(text: string): ListRow | null {
  const match = LIST_ROW.exec(text);
  const [, module = '', times = '', tail = '', reason = ''] = match ?? [];
  if (!match || Number(times) > MAX_TIMES) return null;
  return {
    module,
    times: Number(times),
    reasons: REASONS.get(reason) ?? 0,
    tail: tail.length,
    bytes: Math.max(25, module.length) + Math.max(15, times.length) + PADDED_TAIL + 2,
  };
}

const LABEL_ALONE = new RegExp(`(?:^|[\\s:])(?:${LABEL_PATTERN})\\s*$`, 'i');

/** Whether the line is a table row whose number was wrapped to the next line. */
export function lacksNumber(text: string): boolean {
  return text.length <= LONGEST && LABEL_ALONE.test(text);
}

/** Classifies a line without colour and quoting (see text.ts). */
export function classify(text: string): Fact {
  if (!/[\w&]/.test(text)) return { is: 'blank' };
  if (text.length > LONGEST) return { is: 'text', directory: '', text };
  const grepped = GREPPED_STATS.exec(text) ?? LOOPED_STATS.exec(text);
  const directory = grepped?.[1] ?? '';
  const body = grepped?.[2] ?? text;
  const tableFact = classifyStats(body, directory);
  if (tableFact) return tableFact;
  if (grepped) return { is: 'text', directory: directory === '' ? './' : directory, text: body };

  const head = FILE_HEAD.exec(text);
  const headFile = fileName(head?.[2] ?? '');
  if (headFile) return { is: 'file', directory: head?.[1] ?? '', file: headFile };
  return (
    valueIn(text) ?? command(text) ?? heading(text) ?? bareNumber(text) ?? { is: 'text', directory: '', text }
  );
}

function classifyStats(body: string, directory: string): Fact | null {
  const row = TABLE_ROW.exec(body);
  const meaning = rowMeaning(row?.[1] ?? '');
  if (row && meaning) {
    const label = (row[1] ?? '').toLowerCase().replace(/\s+/g, ' ');
    const value = BigInt(row[2] ?? '0');
    return { is: 'table-row', directory, label, meaning, value, tabbed: body.includes('\t') };
  }
  const title = LIST_TITLE.exec(body);
  if (title) return { is: 'list-title', directory, namesOnly: title[1] === undefined };
  const head = LIST_HEAD.exec(body);
  if (head) return { is: 'list-head', directory, padded: (head[1] ?? '').length > 2 };
  const listed = listRow(body);
  return listed ? { is: 'list-row', directory, row: listed, indented: /^\s/.test(body) } : null;
}

function valueIn(text: string): Fact | null {
  const match = VALUE_OF.exec(text);
  const file = fileName(match?.[2] ?? '');
  if (!match || !file) return null;
  const directory = match[1] ?? '';
  const rest = (match[3] ?? '').replace(/[\s|;,]+$/, '');
  if (!isCounterFile(file))
    return file === 'unloaded_tainted' ? { is: 'value-of', directory, file, value: null } : null;
  return /^\d+$/.test(rest) ? { is: 'value-of', directory, file, value: BigInt(rest) } : null;
}

function command(text: string): Fact | null {
  const match = COMMAND.exec(text);
  if (!match) return ANY_COMMAND.test(text) ? { is: 'command', directory: '', file: null } : null;
  const files = [...(match[2] ?? '').matchAll(COMMAND_FILE)];
  if (match[1] === undefined && files.length === 0 && !/\/modules\b/.test(text)) return null;
  const only = files.length === 1 ? files[0] : undefined;
  return { is: 'command', directory: only?.[1] ?? '', file: fileName(only?.[2] ?? '') };
}

function heading(text: string): Fact | null {
  const bare = text.trimEnd().replace(/:$/, '').trimEnd();
  const snapshot = firstGroup(SNAPSHOT_HEADINGS, bare);
  const label = snapshot ?? firstGroup(HEADINGS, bare);
  return label === null ? null : { is: 'heading', label, startsSnapshot: snapshot !== null };
}

function firstGroup(patterns: readonly RegExp[], text: string): string | null {
  for (const pattern of patterns) {
    const group = pattern.exec(text)?.[1];
    if (group) return group.trim();
  }
  return null;
}

function bareNumber(text: string): Fact | null {
  const match = /^\s*(\d+)\s*$/.exec(text);
  return match?.[1] ? { is: 'number', value: BigInt(match[1]) } : null;
}
