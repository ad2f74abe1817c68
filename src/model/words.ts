// SPDX-License-Identifier: Apache-2.0
/** The glossary: one name for one thing, in code and in messages. Meanings are Markdown. */
export const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  ['source', 'a file, an archive member, or a section inside one; has a parent'],
  ['case', 'all sources given to one command: one bug report'],
  ['boot', 'one run of a kernel inside a case'],
  ['event', 'one normalised thing that a source says, with source, line and time'],
  ['attempt', 'one finit_module or init_module call'],
  ['outcome', 'how it ended: `loaded`, `duplicate`, `coalesced`, `failed`, `refused`, `unknown`'],
  [
    'phase',
    'where the kernel charges a failure: `kread`, `decompress`, `becoming`, `load`; `init` is charged nowhere',
  ],
  ['other failures', 'failed loads that are not duplicates'],
  ['request', 'one `request_module()` of the kernel, by the name it asked for'],
  ['requester', 'who made an attempt: udev, modprobe, the kernel, ...'],
  ['snapshot', 'one dump of `/sys/kernel/debug/modules`'],
  [
    'duplicate list',
    "the kernel's table of duplicate loads by module name; `whole`, `cut` (truncated), `empty` or `absent`",
  ],
  ['attribution', 'the bytes of the duplicate list, shared out to its modules'],
  ['unattributed', 'failures that the counters hold and neither the log nor a trace explains'],
  ['totals', "sums over attempts, as the kernel's counters would hold them"],
  ['ledger', 'counters and events side by side'],
  ['L, C', 'bytes of the image without its signature; bytes of the compressed file'],
  ['basis', 'how a number is known: measured, derived, bounded, estimated'],
  ['bounds', 'low and high of a number that is not exact; high NULL where none is known'],
  ['diagnostic', 'a skip, repair, loss or doubt, with a code, a severity, a count and its first line'],
  ['skipped, truncated, omitted', 'not read on purpose; incomplete at its end; not shown'],
  ['shard', 'one of N parts of a batch, for N machines'],
];
