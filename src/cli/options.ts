// SPDX-License-Identifier: Apache-2.0
/** Options that several commands share, and their parsers. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_LIMITS, LIMIT_OPTIONS, type Limits } from '../input/limits.js';
import { FORMATS, type Format } from '../report/format.js';
import type { ColorChoice } from './messages.js';

export interface OutputOptions {
  readonly format: Format;
  /** -o FILE; absent: stdout. */
  readonly output?: string;
  readonly quiet?: boolean;
  readonly color: ColorChoice;
}

/** Options of commands that read inputs. */
export interface InputOptions extends OutputOptions {
  /** What `-` reads instead of the standard input. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly limits: Partial<Limits>;
  readonly allMembers?: boolean;
  /** False: --no-prefilter. */
  readonly prefilter?: boolean;
}

/** Options of every command. */
export function addMessageOptions(command: Command): Command {
  return command
    .optionsGroup('Messages:')
    .option('-q, --quiet', 'errors only on stderr: no notes, no progress')
    .addOption(
      new Option(
        '--color <when>',
        'when to use colour; auto: on a terminal, unless NO_COLOR or TERM=dumb is set',
      )
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    );
}

/** Options of every command that prints a result. */
export function addOutputOptions(command: Command): Command {
  command
    .optionsGroup('Output:')
    .addOption(new Option('--format <format>', 'format of the results').choices(FORMATS).default('text'))
    .option('-o, --output <file>', 'write results to FILE, atomically');
  return addMessageOptions(command);
}

const SIZE = /^(\d+(?:\.\d+)?)\s*([KMGT])?(?:i?B)?$/i;
const FACTORS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `1048576`, `64K`, `1.5GiB` -> bytes. */
export function parseSize(text: string): number {
  const match = SIZE.exec(text.trim());
  const bytes = Number(match?.[1] ?? Number.NaN) * (FACTORS[match?.[2]?.toUpperCase() ?? ''] ?? 1);
  if (!Number.isSafeInteger(Math.round(bytes)) || bytes <= 0) {
    throw new InvalidArgumentError('Expected a size such as 1048576, 64K, 512MiB or 2G.');
  }
  return Math.round(bytes);
}

/** A whole number above 0. */
export function parseCount(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text)) || Number(text) === 0) {
    throw new InvalidArgumentError('Expected a whole number above 0.');
  }
  return Number(text);
}

/** For options that may be given more than once. */
export function appendTo(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

type LimitKey = keyof Limits;

/** Units and help texts of the limits. */
const LIMIT_HELP: Readonly<Record<LimitKey, { readonly unit: 'size' | 'count'; readonly meaning: string }>> =
  {
    totalBytes: { unit: 'size', meaning: 'unpacked bytes, over all inputs' },
    memberBytes: { unit: 'size', meaning: 'bytes of one unpacked file or member' },
    bufferBytes: { unit: 'size', meaning: 'bytes held in memory for what cannot be streamed' },
    depth: { unit: 'count', meaning: 'nesting of archives' },
    members: { unit: 'count', meaning: 'archive members, over all inputs' },
    ratio: { unit: 'count', meaning: 'unpacked bytes per packed byte' },
    events: { unit: 'count', meaning: 'events kept, over all inputs' },
    seconds: { unit: 'count', meaning: 'seconds for all inputs, with accounting and report' },
  };

const LIMIT_KEYS = Object.keys(LIMIT_HELP) as LimitKey[];

const attributeOf = (key: LimitKey): string => new Option(`${LIMIT_OPTIONS[key]} <n>`).attributeName();

/** `67108864` -> `64MiB`; other numbers stay in bytes. */
function sizeText(bytes: number): string {
  const power = Math.floor(Math.log2(bytes) / 10);
  const unit = ['', 'KiB', 'MiB', 'GiB', 'TiB'][power] ?? '';
  return bytes % 1024 ** power === 0 ? `${bytes / 1024 ** power}${unit}` : String(bytes);
}

/** Options of every command that reads inputs; `defaults` where they are not those of one case. */
export function addInputOptions(command: Command, defaults: Partial<Limits> = {}): Command {
  command
    .optionsGroup('Reading:')
    .option('--all-members', 'also read archive members that a known layout marks as irrelevant')
    .option('--no-prefilter', 'parse every line, also those without any known keyword (slow)')
    .optionsGroup('Limits (input beyond them is not read, and reported):');
  for (const key of LIMIT_KEYS) {
    const { unit, meaning } = LIMIT_HELP[key];
    const initial = defaults[key] ?? DEFAULT_LIMITS[key];
    const shown = unit === 'size' ? sizeText(initial) : String(initial);
    command.addOption(
      new Option(`${LIMIT_OPTIONS[key]} <${unit}>`, `${meaning} (default: ${shown})`).argParser(
        unit === 'size' ? parseSize : parseCount,
      ),
    );
  }
  return command;
}

/** The limits among commander's options. */
export function limitsOf(options: object): Partial<Limits> {
  const given = new Map<string, unknown>(Object.entries(options));
  const limits: Partial<Record<LimitKey, number>> = {};
  for (const key of LIMIT_KEYS) {
    const value = given.get(attributeOf(key));
    if (typeof value === 'number') limits[key] = value;
  }
  return limits;
}
