// SPDX-License-Identifier: Apache-2.0
import type { CommandWords, OptionWords } from './model.js';

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

function optionLine(command: string, { short, long, meaning, value }: OptionWords): string {
  const names = `${short === null ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`;
  const takes =
    value === null
      ? ''
      : value === 'path'
        ? ' -r -F'
        : value === 'text'
          ? ' -x'
          : ` -x -a ${quoted(value.join(' '))}`;
  return `complete -c modwaste -n '__fish_seen_subcommand_from ${command}'${names}${takes} -d ${quoted(meaning)}`;
}

export function fishCompletion(commands: readonly CommandWords[]): string {
  return [
    '# fish completion for modwaste: modwaste completion fish | source',
    'function __modwaste_first --argument-names command',
    '    set -l words (commandline -opc)',
    '    test (count $words) -eq 2; and test "$words[2]" = "$command"',
    'end',
    "complete -c modwaste -n __fish_use_subcommand -f -s V -l version -d 'print the version'",
    ...commands.flatMap(({ name, meaning, options, first, paths }) => [
      `complete -c modwaste -n __fish_use_subcommand -f -a ${name} -d ${quoted(meaning)}`,
      ...(paths ? [] : [`complete -c modwaste -n '__fish_seen_subcommand_from ${name}' -f`]),
      ...(first.length > 0
        ? [`complete -c modwaste -n '__modwaste_first ${name}' -f -a ${quoted(first.join(' '))}`]
        : []),
      ...options.map((option) => optionLine(name, option)),
    ]),
    '',
  ].join('\n');
}
