// SPDX-License-Identifier: Apache-2.0
/** What can stand on the command line, from commander's tree: the source of the completions of all shells. */
import type { Command, Option } from 'commander';
import { batchQueries } from '../../batch/query.js';
import { TABLES } from '../../store/schema.js';
import { packagedQueries } from '../context.js';
import { TOPICS } from '../topics.js';

export interface OptionWords {
  readonly short: string | null;
  readonly long: string;
  readonly meaning: string;
  /** What its value may be: one of the words, a path, or any text; null where it takes none. */
  readonly value: readonly string[] | 'path' | 'text' | null;
}

export interface CommandWords {
  readonly name: string;
  readonly meaning: string;
  readonly options: readonly OptionWords[];
  /** What its first operand may be; empty where that is a path. */
  readonly first: readonly string[];
  /** True where further operands are paths. */
  readonly paths: boolean;
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Names of values that are paths. */
const PATHS = new Set(['file', 'dir', 'list']);

function firstWords(program: Command): Readonly<Record<string, Iterable<string>>> {
  return {
    query: packagedQueries().keys(),
    queries: packagedQueries().keys(),
    tables: TABLES.map(({ name }) => name),
    'batch-query': batchQueries().keys(),
    help: [...program.commands.map((command) => command.name()), ...Object.keys(TOPICS)],
    completion: SHELLS,
  };
}

/** Commands whose operands are all names. */
const NAMES_ONLY = new Set(['queries', 'tables', 'help', 'completion']);

function optionWords(option: Option): OptionWords {
  const value = /<([^<>]+)>/.exec(option.flags)?.[1] ?? null;
  const named = option.long === '--query' ? [...packagedQueries().keys()] : option.argChoices;
  return {
    short: option.short ?? null,
    long: option.long ?? '',
    meaning: option.description,
    value: value === null ? null : (named ?? (PATHS.has(value) ? 'path' : 'text')),
  };
}

/** `program` with all its commands built. */
export function commandWords(program: Command): CommandWords[] {
  const first = firstWords(program);
  const help = { short: '-h', long: '--help', meaning: 'help', value: null };
  return program.commands.map((command) => ({
    name: command.name(),
    meaning: command.summary(),
    options: [...command.options.map(optionWords), help],
    first: [...(first[command.name()] ?? [])],
    paths: !NAMES_ONLY.has(command.name()),
  }));
}
