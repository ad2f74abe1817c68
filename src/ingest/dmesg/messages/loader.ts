// SPDX-License-Identifier: Apache-2.0
/** Shared parts of rules for user-space loaders. */
import { errnoFromStart } from '../../../model/errno.js';
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

/** A path to a file, also to one of a kernel before 2.6; an alias may hold a slash too. */
const PATH = /^(?:\.{0,2}|~)\/|\.o$/;
/** A module's name or file in a script or patch, not in what they print. */
const SHELL_NAME = /\$[\w{(]/;

/** A quoted name: a path to a file, perhaps without its suffix, an alias (kept as written), or a name. */
export function loadedName(text: string): string {
  if (!text.includes('/')) return text.includes(':') ? text : moduleName(text.replace(/\.ko(?:\.\w+)?$/, ''));
  const file = moduleFile(text);
  if (file) return file.module;
  return PATH.test(text) ? moduleName(text.slice(text.lastIndexOf('/') + 1).replace(/\.o$/, '')) : text;
}

/** Programs with the same messages. */
export interface Loader {
  readonly names: RegExp;
  /** Pattern of what stands before a message; group `tool`: the program. */
  readonly front: string;
  /** The program where neither message nor log names one, as no other has these messages. */
  readonly fallback?: string;
  /** Others have these words, with other reasons than those of a load. */
  readonly byReason?: true;
  /** See UserLoad. */
  readonly again?: true;
}

/** modprobe --first-time of kmod and of module-init-tools, which then do not call the kernel. */
const ALREADY_LOADED = /^module already in kernel\b/i;

/** A rule for a message; groups of `rest`: `module` (or `shown`, where it has two forms), and where printed `tool`, `reason` and `packed`. */
export function loader(
  { names, front, fallback, byReason, again }: Loader,
  what: UserLoad['what'],
  words: readonly string[],
  rest: string,
): Rule {
  return {
    words,
    pattern: new RegExp(`${front}${rest}`),
    facts: (match, record): LogFact | null => {
      const tool = toolOf(match, record, names) ?? fallback;
      const module = match.groups?.module ?? match.groups?.shown;
      if (tool === undefined || module === undefined || SHELL_NAME.test(module)) return null;
      const { reason = '' } = match.groups ?? {};
      const errno = what === 'failed' ? errnoFromStart(reason) : null;
      if (byReason && errno === null) return null;
      // Output of a script's modprobe has the script's pid.
      const pid = match.groups?.tool === undefined ? record.pid : null;
      const isLoaded = what === 'failed' && ALREADY_LOADED.test(reason);
      return {
        kind: 'user-load',
        tool,
        pid,
        what: isLoaded ? 'already' : what,
        module: loadedName(module),
        errno,
        ...(again && { again }),
        ...(match.groups?.packed === undefined ? {} : { unpacks: true }),
      };
    },
  };
}

/** The name is the journal's identifier or, on a console, before the message. */
function toolOf(match: RegExpExecArray, { tool }: LogRecord, tools: RegExp): string | null {
  const named = match.groups?.tool ?? program(tool);
  return named !== undefined && named !== null && tools.test(named) ? named : null;
}

/** Programs that load modules, as somebody runs them. */
const COMMAND = /^(?:sudo )?(?:\S*\/)?(?<tool>modprobe|insmod) /;
/** It unloads them, or shows something. */
const OTHER_MODE = /^(?:-[a-zA-Z]{0,8}[rnVcD][a-zA-Z]{0,8}|--(?:remove|dry-run|show[\w-]{0,16}|version))$/;

/** A load by a command that failed, for whatever reason: `/sbin/modprobe -b foo`. */
export function failedCommand(command: string) {
  const tool = COMMAND.exec(command)?.groups?.tool;
  const [own = ''] = command.replace(COMMAND, '').split(/[;&|]/);
  const words = own.split(' ');
  const [module, second] = words.filter((word) => /^[^-=][^=]*$/.test(word));
  if (tool === undefined || module === undefined || words.some((word) => OTHER_MODE.test(word))) return null;
  // It does not tell which of several.
  if (second !== undefined && words.some((word) => /^(?:-[a-zA-Z]{0,8}a[a-zA-Z]{0,8}|--all)$/.test(word)))
    return null;
  return {
    kind: 'user-load',
    tool,
    pid: null,
    what: 'failed',
    module: loadedName(module),
    errno: null,
  } as const;
}
