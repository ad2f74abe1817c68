// SPDX-License-Identifier: Apache-2.0
/** Wall-clock times of dmesg, journalctl, syslog and CI. */

/** A wall-clock time. Without a printed year or zone, 1972 and UTC are assumed, and only differences are meaningful. */
export interface Wall {
  /** Nanoseconds since 1970. */
  readonly ns: bigint;
  /** True if date and zone are printed: `ns` is the real time. */
  readonly absolute: boolean;
  /** True if the year is printed. */
  readonly year: boolean;
  /** True if dmesg computed it from the boot time (`dmesg -T`, `--time-format iso`); false if it is the time of receipt. */
  readonly computed: boolean;
  /** True if only the minute is printed (`dmesg -H`). */
  readonly minute: boolean;
}

/** Month names by their first letters, in the C locale and others common in mails. */
const MONTHS: readonly (readonly string[])[] = [
  ['jan', 'janv', 'ene', 'gen', 'янв', 'sty'],
  ['feb', 'févr', 'fév', 'fev', 'фев', 'lut'],
  ['mar', 'mär', 'mrz', 'mars', 'mrt', 'мар'],
  ['apr', 'avr', 'abr', 'апр', 'kwi'],
  ['may', 'mai', 'mag', 'mei', 'май', 'мая', 'maj'],
  ['jun', 'juin', 'giu', 'июн', 'cze'],
  ['jul', 'juil', 'lug', 'июл', 'lip'],
  ['aug', 'août', 'aoû', 'ago', 'авг', 'sie'],
  ['sep', 'sept', 'set', 'сен', 'wrz'],
  ['oct', 'okt', 'ott', 'out', 'окт', 'paź'],
  ['nov', 'ноя', 'lis'],
  ['dec', 'dez', 'déc', 'dic', 'дек', 'gru'],
];

const MONTH_NUMBERS = new Map(MONTHS.flatMap((names, month) => names.map((name) => [name, month] as const)));

/** 0 to 11, or null for an unknown name. `11月` and `11` are November. */
export function monthNumber(word: string): number | null {
  const known = MONTH_NUMBERS.get(word.toLowerCase());
  if (known !== undefined) return known;
  const digits = /^(\d{1,2})月?$/.exec(word);
  if (digits) {
    const month = Number(digits[1]);
    return month >= 1 && month <= 12 ? month - 1 : null;
  }
  const name = word.toLowerCase().replace(/\.$/, '');
  return MONTH_NUMBERS.get(name) ?? MONTH_NUMBERS.get(name.slice(0, 3)) ?? null;
}

const STAND_IN_YEAR = 1972;

interface Parts {
  readonly year: number | null;
  readonly month: number | null;
  readonly day: number;
  /** `06:11:16`, or `06:11` */
  readonly clock: string;
  /** Digits after the decimal mark. */
  readonly fraction: string;
  /** `Z`, `+01:00`, `+0100`, `UTC`, `CET`, or '' */
  readonly zone: string;
  readonly computed: boolean;
}

export function wallTime(parts: Parts): Wall {
  const offset = zoneMinutes(parts.zone);
  const minutes = Number(parts.clock.slice(0, 2)) * 60 + Number(parts.clock.slice(3, 5)) - (offset ?? 0);
  const seconds =
    dayStart(parts.year ?? STAND_IN_YEAR, parts.month ?? 0, parts.day) +
    minutes * 60 +
    Number(parts.clock.slice(6));
  return {
    ns: BigInt(seconds) * 1_000_000_000n + BigInt(parts.fraction.slice(0, 9).padEnd(9, '0')),
    absolute: offset !== null && parts.year !== null && parts.month !== null,
    year: parts.year !== null,
    computed: parts.computed,
    minute: parts.clock.length === '06:11'.length,
  };
}

/**
 * Defaults for a clock without year and zone. Spread it last: V8 takes fifty times as long to add to a spread object.
 */
export const YEARLESS = { year: null, fraction: '', zone: '', computed: false } as const;

let lastDay = { year: 0, month: 0, day: 0, seconds: 0 };

/** Seconds from 1970 to the start of the day; cached, as a log stays on one day for long. */
function dayStart(year: number, month: number, day: number): number {
  if (lastDay.day !== day || lastDay.month !== month || lastDay.year !== year) {
    lastDay = { year, month, day, seconds: Date.UTC(year, month, day) / 1000 };
  }
  return lastDay.seconds;
}

function zoneMinutes(zone: string): number | null {
  if (zone === 'Z' || zone === 'UTC' || zone === 'GMT') return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (!match) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}
