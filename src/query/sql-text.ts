// SPDX-License-Identifier: Apache-2.0
/** Scans SQL text for error messages: separates comments and strings from the rest. */

/**
 * Tokens that hold free text: `'text'` (`''` inside), `-- comment`, `/* comment *\/`, and quoted names
 * (`"name"`, `` `name` ``, `[name]`). An unterminated one runs to the end.
 */
const OPAQUE =
  /'(?:[^']|'')*(?:'|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"[^"]*(?:"|$)|`[^`]*(?:`|$)|\[[^\]]*(?:\]|$)/g;

const blanked = (text: string, by: string): string => text.replace(/[^\n]/g, by);

/** The text with strings and comments blanked; offsets, lines and quoted names stay. */
export function plainSql(sql: string): string {
  return sql.replace(OPAQUE, (token) => (/^['/-]/.test(token) ? blanked(token, ' ') : token));
}

/** As plainSql, with quoted names as `x`: only keywords, bare names and punctuation remain. */
export function bareSql(sql: string): string {
  return sql.replace(OPAQUE, (token) => blanked(token, /^[/-]/.test(token) ? ' ' : 'x'));
}

/** The first word of the SQL, in capitals; empty for none. */
export function firstKeyword(sql: string): string {
  return /[a-z_]+/i.exec(bareSql(sql))?.[0].toUpperCase() ?? '';
}

/** Names of the parameters (`$name`, `:name`, `@name`) in the order of their first use; `x::INTEGER` is DuckDB's cast. */
export function namedParams(sql: string): string[] {
  const names = [...bareSql(sql).matchAll(/(?<!:)[$:@]([A-Za-z_]\w*)/g)].map((match) => match[1] ?? '');
  return [...new Set(names)];
}

export interface Place {
  /** Both 1-based. */
  readonly line: number;
  readonly column: number;
  /** The line of text that holds it. */
  readonly text: string;
}

export function placeAt(sql: string, offset: number): Place {
  const before = sql.slice(0, offset).split('\n');
  const line = before.length;
  return {
    line,
    column: (before.at(-1)?.length ?? 0) + 1,
    text: (sql.split('\n')[line - 1] ?? '').replace(/\r$/, ''),
  };
}

/** Offsets of `word` as a whole word in the SQL, outside strings and comments. */
export function wordOffsets(sql: string, word: string): number[] {
  const plain = plainSql(sql).toLowerCase();
  const wanted = word.toLowerCase();
  const offsets: number[] = [];
  const isWord = (char: string | undefined) => char !== undefined && /\w/.test(char);
  for (let at = plain.indexOf(wanted); at >= 0; at = plain.indexOf(wanted, at + 1)) {
    const whole =
      !(isWord(wanted[0]) && isWord(plain[at - 1])) &&
      !(isWord(wanted.at(-1)) && isWord(plain[at + wanted.length]));
    if (whole) offsets.push(at);
  }
  return offsets;
}
