// SPDX-License-Identifier: Apache-2.0
import type { CommandWords, OptionWords } from './model.js';

const flags = ({ short, long }: OptionWords): string[] => [...(short === null ? [] : [short]), long];

/** A function that completes by what stands before the cursor; where it finds nothing, bash completes paths. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const cases = commands.flatMap(({ name, options, first }) => [
    ...options.flatMap((option) =>
      Array.isArray(option.value)
        ? [
            `    ${flags(option)
              .map((flag) => `${name}:${flag}`)
              .join('|')}) words='${option.value.join(' ')}' ;;`,
          ]
        : [],
    ),
    `    ${name}:)`,
    `      if [[ $cur == -* ]]; then words='${options.flatMap(flags).join(' ')}'`,
    ...(first.length > 0 ? [`      elif ((operands == 0)); then words='${first.join(' ')}'`] : []),
    '      fi ;;',
  ]);
  const valued = commands.flatMap(({ name, options }) =>
    options
      .filter(({ value }) => value !== null)
      .flatMap((option) => flags(option).map((flag) => `${name}:${flag}`)),
  );
  return `# bash completion for modwaste: source <(modwaste completion bash)
_modwaste() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command='' option='' operands=0 words='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    # Bash splits --format=csv into three words.
    if [[ $word == '=' ]]; then continue; fi
    if [[ -n $option ]]; then
      option=''
      continue
    fi
    case $word in
      -*)
        case $command:$word in
          ${valued.join('|')}) option=$word ;;
        esac
        ;;
      *) if [[ -z $command ]]; then command=$word; else ((operands += 1)); fi ;;
    esac
  done
  if [[ $cur == '=' ]]; then cur=''; fi
  case $command:$option in
    :) words='${commands.map(({ name }) => name).join(' ')} --help --version' ;;
${cases.join('\n')}
  esac
  COMPREPLY=()
  if [[ -n $words ]]; then mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur"); fi
}
complete -o default -F _modwaste modwaste
`;
}
