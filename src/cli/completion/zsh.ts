// SPDX-License-Identifier: Apache-2.0
import type { CommandWords, OptionWords } from './model.js';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** Text inside a specification of _arguments or _describe. */
const escaped = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

function optionSpec({ short, long, meaning, value }: OptionWords): string {
  const action =
    value === null
      ? ''
      : `:value:${value === 'path' ? '_files' : value === 'text' ? ' ' : `(${value.join(' ')})`}`;
  const spec = `[${escaped(meaning)}]${action}`;
  if (short === null) return `'*'${quoted(`${long}${spec}`)}`;
  return `'*'{${short},${long}}${quoted(spec)}`;
}

/** A function for zsh's own completion system. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, options, first, paths }) => {
    const specs = [
      ...options.map(optionSpec),
      ...(first.length > 0 ? [quoted(`1:name:(${first.join(' ')})`)] : []),
      ...(paths ? [quoted('*:input:_files')] : []),
    ];
    return `    ${name})\n      _arguments ${specs.join(' \\\n        ')}\n      ;;`;
  });
  return `#compdef modwaste
# zsh completion for modwaste: source <(modwaste completion zsh), or a file _modwaste in $fpath
_modwaste() {
  local -a commands
  commands=(
${commands.map(({ name, meaning }) => `    ${quoted(`${name}:${escaped(meaning)}`)}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _modwaste ]]; then _modwaste "$@"; else compdef _modwaste modwaste; fi
`;
}
