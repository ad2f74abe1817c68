// SPDX-License-Identifier: Apache-2.0
/** The manual page, from the help of all commands: man(7) macros. */
import type { Command } from 'commander';
import { longTextOf } from './context.js';
import { TOPICS } from './topics.js';

/** Text that roff takes as it is: no escapes, no requests at the start of a line. */
function literal(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/gm, '\\&$&');
}

/** Paragraphs are filled; indented lines and lines before them stay as they are. */
function body(text: string): string {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) =>
      /^ /m.test(paragraph) ? `.PP\n.nf\n${literal(paragraph)}\n.fi\n` : `.PP\n${literal(paragraph)}\n`,
    )
    .join('');
}

function options(command: Command): string {
  return command
    .createHelp()
    .visibleOptions(command)
    .map(
      (option) =>
        `.TP\n.B ${literal(option.flags)}\n${literal(command.createHelp().optionDescription(option))}\n`,
    )
    .join('');
}

function section(command: Command): string {
  const usage = command.usage().split('\n')[0] ?? '';
  return [
    `.SS modwaste ${literal(`${command.name()} ${usage}`)}\n`,
    `${literal(command.description())}\n`,
    options(command),
    body(longTextOf(command)),
  ].join('');
}

/** `program` with all its commands built; `date`: when the page is made. */
export function manPage(program: Command, version: string, date: Date): string {
  return [
    `.TH MODWASTE 1 "${date.toISOString().slice(0, 10)}" "modwaste ${version}" "User Commands"\n`,
    `.SH NAME\nmodwaste \\- analyze failed and duplicate loads of Linux kernel modules\n`,
    '.SH SYNOPSIS\n.B modwaste\n.I command\n[options] [inputs...]\n',
    `.SH DESCRIPTION\n${literal(program.description())}\n${body(longTextOf(program))}`,
    `.SH OPTIONS\n${options(program)}`,
    `.SH COMMANDS\n${program.commands.map(section).join('')}`,
    ...Object.entries(TOPICS).map(
      ([name, { text }]) => `.SH ${name.toUpperCase()}\n.nf\n${literal(text().trimEnd())}\n.fi\n`,
    ),
  ].join('');
}
