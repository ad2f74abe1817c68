// SPDX-License-Identifier: Apache-2.0
/** Rows of the table of load messages, and the rules made of them. */
import type { Allocated, FailureReason, LoadFailure } from '../../../../model/event.js';
import { moduleFile, moduleName } from '../../../../model/module-name.js';
import { failedCommand } from '../loader.js';
import { type LogFact, NAME, type Rule } from '../rule.js';

/** One message of the kernel about a load. */
export interface LoadMessage {
  /** File and function of the kernel that print it. */
  readonly source: string;
  /** A release that prints it: older ones may as well. */
  readonly since: string;
  /** The first release without it, if it was removed. */
  readonly until?: string;
  /** The only architecture that prints it. */
  readonly arch?: string;
  readonly reason: FailureReason;
  /** The phase of the load that prints it and that a failure is charged to. */
  readonly phase: LoadFailure['phase'];
  /** Whether the load failed; `always` by default. */
  readonly fails?: LoadFailure['fails'] | 'never';
  /** True if it continues the failure of the line before and names its module. */
  readonly names?: boolean;
  /** True if it gave up waiting for the init of `{other}`, after 30 s (resolve_symbol_wait). */
  readonly waited?: boolean;
  /** What the load returns, where the message does not say it. */
  readonly errno?: number;
  /** The allocator that failed to give `{bytes}`, if that is the cause. */
  readonly asked?: Allocated;
  /**
   * The message as the kernel's format has it, with `{module}` (or `{file}`, its path, or `{command}`, the loader's), `{other}`, `{errno}`, `{bytes}`, and of
   * what is not kept `{n}` (a number), `{x}` (a hexadecimal one), `{w}` (a word), `{comm}` and `{s}` (any text; two at most, for time).
   */
  readonly message: string;
  readonly example: string;
  /** The word to search for before the pattern; by default the longest literal text. */
  readonly word?: string;
}

const GAPS: Readonly<Record<string, string>> = {
  module: `(?<module>${NAME})`,
  file: '(?<file>[^"]*)',
  command: '(?<command>[^"]*)',
  other: `(?<other>${NAME}?)`,
  errno: '-?(?<errno>\\d+)',
  bytes: '(?<bytes>\\d+)',
  n: '-?\\d+',
  x: '(?:0x)?[\\da-f]+',
  w: '\\S+',
  comm: '.{1,16}',
  s: '.{0,1000}',
};
const GAP = /\{(\w+)\}/;

/** pr_fmt of the files that have one: KBUILD_MODNAME of arch/x86/kernel/module.c is `module`. */
const PREFIX = '(?:(?:module|module_32|module_64|Modules|kmod|kobject|decompress): )*';

/** A pattern for the whole message; a full stop at its end is optional. */
function patternOf(message: string): RegExp {
  const parts = message
    .replace(/\.$/, '')
    .split(GAP)
    .map((part, index) => (index % 2 === 0 ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : GAPS[part]));
  return new RegExp(`^${PREFIX}${parts.join('')}\\.?\\s*$`, 's');
}

function longestText(message: string): string {
  const texts = message
    .replace(/\.$/, '')
    .split(GAP)
    .filter((_, index) => index % 2 === 0);
  return texts.reduce((longest, text) => (text.length > longest.length ? text : longest));
}

export function ruleOf(row: LoadMessage): Rule {
  const { reason, phase, asked, waited, fails = 'always', names = false } = row;
  return {
    words: [row.word ?? longestText(row.message)],
    pattern: patternOf(row.message),
    facts: ({ groups, input }) => {
      const module = named(groups);
      const message = escapeControls(input);
      if (fails === 'never') return { kind: 'load-warning', reason, module, message };
      const errno = numberOf(groups?.errno) || (row.errno ?? null);
      const failure: LogFact = { kind: 'load-failure', reason, module, phase, errno, fails, names, message };
      if (waited) return [failure, unfinished(groups?.other ?? '', message)];
      if (asked === undefined) return failure;
      const bytes = numberOf(groups?.bytes);
      return [
        failure,
        {
          kind: 'allocation-failure',
          what: asked,
          by: 'loader',
          bytes,
          comm: null,
          pid: null,
          module,
          during: 'image',
          message,
        },
      ];
    },
  };
}

/** A load that needs a module whose init still runs waits for it no longer than this (kernel/module/main.c:resolve_symbol_wait). */
const LONGEST_WAIT_S = 30;

function unfinished(name: string, message: string): LogFact {
  const module = moduleName(name);
  return {
    kind: 'stuck-load',
    what: 'hung-task',
    module,
    comm: null,
    pid: null,
    seconds: LONGEST_WAIT_S,
    message,
  };
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

function named(groups: RegExpExecArray['groups']): string | null {
  if (groups?.module !== undefined) return moduleName(groups.module);
  if (groups?.command !== undefined) return typed(groups.command);
  return groups?.file === undefined ? null : (moduleFile(groups.file)?.module ?? null);
}

/** The module that somebody asked for by its name or file: the kernel (`-q -- fs-foo`) and udev ask for aliases. */
function typed(command: string): string | null {
  const module = / -- /.test(command) ? undefined : failedCommand(command)?.module;
  return module === undefined || /[:/*]/.test(module) ? null : module;
}

/** Control bytes as `\\xNN`, the way dmesg prints them: the message is the same text in all forms of a log. */
export function escapeControls(message: string): string {
  return message.replace(
    /[\x00-\x1f\x7f]/g,
    (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
