// SPDX-License-Identifier: Apache-2.0
/** What terminals, web pages and trackers put into and around a line of text, taken out again. */

const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
/**
 * A colour whose escape character was lost or spelled out: `[0;1;31m`, `^[[0m`, `#033[0m` (rsyslog), `\x1b[m`. Without
 * an escape it needs digits: `[mei]` is a module.
 */
const COLOUR =
  /(?:\^\[|#033|\\(?:x1b|u001b|033|e))\[(?:\d{1,3}(?:;\d{1,3}){0,6})?m|\[\d{1,3}(?:;\d{1,3}){0,6}m/g;
/** The start or the end of a colour, cheap to look for, and what each match holds, cheaper still. */
const COLOURED = /\[0(?:;\d{1,2}){0,3}m|(?:\^\[|#033|\\(?:x1b|u001b|033|e))\[m/;
const COLOUR_STARTS = ['[0m', '[0;', '[m'];

const CHARACTERS: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};
const ENTITY = /&(?:(lt|gt|amp|quot|apos|nbsp)|#0{0,3}(\d{2})|#[xX]0{0,2}([\da-fA-F]{2}));/g;
/**
 * What only an escaped line has: `&lt;idle&gt;`, `&lt;4&gt;[`, `-&gt; 0x0`, `&lt;- `, `&gt; `, ` &amp; `, `&#39;foo&#39;`. A lone entity
 * within a word may be the message's own.
 */
const ESCAPED =
  /&lt;[\w\s./()+-]{1,40}&gt;|^\s*(?:&gt; ?)+|[-=]&gt;|&lt;[-=]|(?:^|\s)&(?:lt|gt|amp);\s|&(?:quot|apos|nbsp);|&#(?:0{0,3}\d{2}|[xX]0{0,2}[\da-fA-F]{2});|&amp;(?:lt|gt|amp|quot|#\w{2,4});/;

const TAG =
  '(?:</?(?:pre|code|p|br|div|tt|samp|t[drh]|tbody|table|li|ul|ol|span|font|b|i|em|strong|body|html)(?: [^<>]{0,100})?/?>|\\[/?(?:code|quote|pre|tt)(?:[=:][^\\]]{1,40})?\\]|\\[(?:/(?:font|size|color|b|i|u)|(?:font|size|color)=[^\\]]{1,40})\\]|\\{(?:code|noformat|quote)(?::[^}]{1,40})?\\})';
const FENCE = '`{3,6}(?:[a-z]{1,12}$)?';
/** Markdown's code span, which may be bold or an item of a list, and hold several lines; no branch of a tree, nor `quoted' as the kernel does. */
const SPAN = "(?:(?:[-*+]|\\d[.)]) )?(?:\\*\\*)?`{1,2}(?![`-]|[^`' ]{1,64}')";
const FRONT = new RegExp(`^(?:(?:${TAG}|${FENCE})+|${SPAN})`, 'i');
/** The last of them; no tag is longer than the window that it is looked for in. */
const LAST = new RegExp(`(?:${TAG}|\`{3,})$`, 'i');
const WINDOW = 128;
/** Where the tick of a span in front may be, at most: `1. ` and two stars before it. */
const LAST_TICK = 5;
const SPAN_END = /(?<!`)`{1,2}(?:\*\*)?$/;

const ANY_ENTITY = /&(?:[a-z]{2,4}|#\w{2,5});/i;

/** What each tag, fence, span and bold text has. */
const MARK = /[<[{`]|\*\*|^[*_](?=[a-zA-Z[<\d])|\|(?:modprobe|insmod|FATAL|ERROR|WARNING): |\| {0,2}\* /m;

/** What OpenRC puts before what a service prints, on a console and in rc.log: `modules             |modprobe: FATAL: ...` */
const SERVICE =
  /^[a-z][\w.@-]{0,40} {0,40}\| {0,2}(?=\* {1,3}(?:Loading module |Failed to load |ERROR: )|(?:modprobe|insmod): |(?:FATAL|ERROR|WARNING): (?:Module|Error|could) )/;

/** Whether a text, in lines, may hold any of it, but for quoting. */
export function mayBeMarked(text: string, lines: readonly string[]): boolean {
  if (text.includes('\u001b') || (text.includes('&') && ANY_ENTITY.test(text))) return true;
  return MARK.test(text) && (COLOURED.test(text) || lines.some((line) => untagged(line) !== line));
}

/** The line without colours and cursor escapes, and, where it is evidently escaped, with the characters that entities stand for. */
export function decoded(line: string): string {
  let text = line;
  if (text.includes('\u001b')) text = text.replace(ESCAPES, '');
  if (COLOUR_STARTS.some((start) => text.includes(start)) && COLOURED.test(text))
    text = text.replace(COLOUR, '');
  return text.includes('&') && ESCAPED.test(text) ? text.replace(ENTITY, characterOf) : text;
}

/** `> `, `>> > `, `| > `: mail and wiki quoting at any depth, and one space after it. */
const QUOTING = /^(?:[ \t]{0,4}[>|])+ ?/;

const INDENTED_QUOTE = /^[ \t]{1,4}>/;

/** Whether a line starts as quoted ones do; an indented one with `>` alone. */
export function isQuoted(line: string): boolean {
  const first = line.charCodeAt(0);
  return (
    first === GREATER || first === BAR || ((first === SPACE || first === TAB) && INDENTED_QUOTE.test(line))
  );
}

/** The line without quoting, of which padding may be part. */
export function unquoted(line: string): string {
  return line.replace(QUOTING, '');
}

/** The line without a tracker's tags and fences around it, or a service's name before it. */
export function untagged(line: string): string {
  let text = line;
  const first = text.charCodeAt(0);
  // Most lines of logs start with a bracket and a blank.
  const mayBeTag = first === LESS || first === BRACE || (first === BRACKET && text.charCodeAt(1) !== SPACE);
  if (mayBeTag || text.lastIndexOf('`', LAST_TICK) >= 0) text = text.replace(FRONT, '');
  else if (text.includes('|')) text = text.replace(SERVICE, '');
  if (endsSpan(text)) text = text.replace(SPAN_END, '');
  if (first === STAR || text.charCodeAt(text.length - 1) === STAR) text = plainType(text);
  if (first === STAR || first === UNDERSCORE) text = uprightType(text).replace(SLANT_OPENS, '');
  const last = text.charCodeAt(text.length - 1);
  if (last === STAR || last === UNDERSCORE) text = text.replace(SLANT_CLOSES, '');
  while (mayEndTag(text)) {
    const last = LAST.exec(text.slice(-WINDOW))?.[0];
    if (last === undefined) break;
    text = text.slice(0, text.length - last.length);
  }
  return text;
}

/** The line without the stars of bold type: `kernel: **Lockdown: ...**`, `**[    5.000000] ...`, also over several lines. */
function plainType(line: string): string {
  let text = line;
  const isOpened = /^\*\*(?=[[<\d])/.test(text);
  if (isOpened) text = text.slice(2);
  if (!/[^\s*]\*\*$/.test(text.slice(-3))) return text;
  const end = text.length - 2;
  const open = isOpened ? -1 : text.lastIndexOf('**', end - 1);
  if (open < 0) return text.slice(0, end);
  const isOpening =
    (open === 0 || text.charCodeAt(open - 1) === SPACE) && /[^\s*]/.test(text.charAt(open + 2));
  return isOpening ? text.slice(0, open) + text.slice(open + 2, end) : text;
}

/** Slanted type over several lines: its start in front of a timestamp or a failure's message, and its end behind one. */
const SLANT_OPENS =
  /^(?:\*{1,2}|_)(?=\[ {0,8}\d{1,10}\.\d{6}\] |(?:modprobe|insmod): |Oops(?:: .{1,60})? ?\[#|[a-z][\w-]{0,55}: (?:disagrees about|Unknown symbol|version magic) )/;
const SLANT_CLOSES = /(?<=\)|'|: -\d{1,4}|^(?:modprobe|insmod): .{1,200}[a-z.])[_*]$/;

/** The line without the marks of slanted type around all of it: `_FATAL: Module wireguard not found._` */
function uprightType(line: string): string {
  const mark = line.charAt(0);
  const end = line.length - 1;
  const isWhole = line.endsWith(mark) && line.includes(' ') && /^.[a-zA-Z[<\d]/.test(line);
  const isOne = mark === '_' || line.indexOf(mark, 1) === end;
  return isWhole && isOne && !/[\s*_]/.test(line.charAt(end - 1)) ? line.slice(1, end) : line;
}

/** Whether a line ends with a code span that started before it or in front of it: the only tick but for pairs. */
function endsSpan(line: string): boolean {
  const last = line.charCodeAt(line.length - 1);
  if (last !== TICK && last !== STAR) return false;
  const end = SPAN_END.exec(line.slice(-WINDOW));
  if (end === null) return false;
  const ticks = line.split('`').length - 1;
  return ticks === (end[0].startsWith('``') ? 2 : 1);
}

function mayEndTag(line: string): boolean {
  const last = line.charCodeAt(line.length - 1);
  return last === GREATER || last === CLOSING || last === CLOSING_BRACE || last === TICK;
}

const [TAB, SPACE, LESS, GREATER, BRACKET, CLOSING, BRACE, BAR, CLOSING_BRACE, TICK, STAR, UNDERSCORE] = [
  0x09, 0x20, 0x3c, 0x3e, 0x5b, 0x5d, 0x7b, 0x7c, 0x7d, 0x60, 0x2a, 0x5f,
];

function characterOf(whole: string, name?: string, decimal?: string, hex?: string): string {
  if (name !== undefined) return CHARACTERS[name] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code < 0x20 ? whole : String.fromCharCode(code);
}
