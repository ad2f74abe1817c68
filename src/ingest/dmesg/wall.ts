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

/** Month names of journalctl's locales by their first letters (glibc's abmon), a line a month; where two differ, the more common. */
const MONTHS = `
  jan janv ene gen янв sty oca ian січ led tammi ιαν jaan
  feb févr fév fev фев lut şub лют úno helmi φεβ veebr
  mar mär mrz mars mrt мар бер bře már maalis μαρ
  apr avr abr апр kwi nis ápr кві dub huhti απρ
  may mai mag mei май мая maj máj тра kvě touko μαΐ μάι
  jun juin giu июн cze haz jún iun чер čen kesä ιουν ιούν juuni jūn
  jul juil lug июл lip tem júl iul лип čec heinä ιουλ ιούλ juuli jūl
  aug août aoû ago авг sie ağu agu avg сер srp elo αυγ αύγ
  sep sept set сен wrz eyl szept вер zář syys σεπ
  oct okt ott out окт paź eki жов říj loka οκτ
  nov ноя lis kas лис marras νοε
  dec dez déc dic дек gru ara des груд гру pro joulu δεκ dets
`;

const MONTH_NUMBERS = new Map(
  MONTHS.trim()
    .split('\n')
    .flatMap((names, month) =>
      names
        .trim()
        .split(' ')
        .map((name) => [name, month] as const),
    ),
);

/** 0 to 11, or null for an unknown name. `11月`, `11월` and `11` are November. */
export function monthNumber(word: string): number | null {
  const known = MONTH_NUMBERS.get(word.toLowerCase());
  if (known !== undefined) return known;
  const digits = /^(\d{1,2})[月월]?$/.exec(word);
  if (digits) {
    const month = Number(digits[1]);
    return month >= 1 && month <= 12 ? month - 1 : null;
  }
  const name = word.toLowerCase().replace(/\.$/, '');
  return MONTH_NUMBERS.get(name) ?? MONTH_NUMBERS.get(name.slice(0, 3)) ?? null;
}

const STAND_IN_YEAR = 1972;

interface Parts {
  readonly year?: number | null;
  readonly month: number | null;
  readonly day: number;
  /** `06:11:16`, or `06:11` */
  readonly clock: string;
  /** Digits after the decimal mark. */
  readonly fraction?: string;
  /** `Z`, `+01:00`, `+0100`, `UTC`, `CET`, or '' */
  readonly zone?: string;
  readonly computed?: boolean;
}

export function wallTime(parts: Parts): Wall {
  const { year = null, month, day, clock, fraction = '', zone = '', computed = false } = parts;
  const offset = zoneMinutes(zone);
  const minutes = Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5)) - (offset ?? 0);
  const seconds = dayStart(year ?? STAND_IN_YEAR, month ?? 0, day) + minutes * 60 + Number(clock.slice(6));
  return {
    ns: BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0')),
    absolute: offset !== null && year !== null && month !== null,
    year: year !== null,
    computed,
    minute: clock.length === '06:11'.length,
  };
}

/** A time that is printed as what has passed since 1970. */
export function sinceEpoch(ns: bigint): Wall {
  return { ns, absolute: true, year: true, computed: false, minute: false };
}

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
