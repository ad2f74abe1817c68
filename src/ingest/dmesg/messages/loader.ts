// SPDX-License-Identifier: Apache-2.0
/** Shared parts of rules for user-space loaders. */
import { errnoFromText } from '../../../model/errno.js';
import type { UserLoad } from '../../../model/event.js';
import { moduleFile, moduleName } from '../../../model/module-name.js';
import type { LogRecord } from '../record.js';
import type { LogFact, Rule } from './rule.js';

const SERVICE = '.service';

/** `journalctl -o with-unit` prints the unit instead of the program. */
export function program(tool: string | null): string | null {
  if (tool === 'init.scope') return 'systemd';
  if (!tool?.endsWith(SERVICE)) return tool;
  const unit = tool.slice(0, -SERVICE.length);
  const at = unit.indexOf('@', unit.lastIndexOf('.') + 1);
  return at < 0 ? unit : unit.slice(0, at);
}

/** A quoted name: a path to a file, an alias (kept as written), or a name. */
export function loadedName(text: string): string {
  if (text.includes('/')) return moduleFile(text)?.module ?? text;
  return text.includes(':') ? text : moduleName(text.replace(/\.ko(?:\.\w+)?$/, ''));
}

/** The program of a message if neither text nor log names it. */
type Fallback = string | null;

interface LoaderLine {
  readonly words: readonly string[];
  /** Groups: `module` (or `shown`, where it has two forms), and where printed `tool` and `reason`. */
  readonly pattern: RegExp;
  readonly what: UserLoad['what'];
}

/** A rule for programs of some names; `fallback`: for messages that only one program prints. */
export function loader(tools: RegExp, { words, pattern, what }: LoaderLine, fallback: Fallback = null): Rule {
  return {
    words,
    pattern,
    facts: (match, record): LogFact | null => {
      const tool = toolOf(match, record, tools) ?? fallback;
      const module = match.groups?.module ?? match.groups?.shown;
      if (tool === null || module === undefined) return null;
      const errno = what === 'failed' ? errnoFromText(match.groups?.reason ?? '') : null;
      // Output of a script's modprobe has the script's pid.
      const pid = match.groups?.tool === undefined ? record.pid : null;
      return { kind: 'user-load', tool, pid, what, module: loadedName(module), errno };
    },
  };
}

/** The name is the journal's identifier or, on a console, before the message. */
function toolOf(match: RegExpExecArray, { tool }: LogRecord, tools: RegExp): string | null {
  const named = match.groups?.tool ?? program(tool);
  return named !== undefined && named !== null && tools.test(named) ? named : null;
}
