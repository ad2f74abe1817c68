// SPDX-License-Identifier: Apache-2.0
/** The machine of a snapshot, by the lines above it. */
export interface Machine {
  readonly host?: string;
  readonly release?: string;
}

/** `root@big:~# `, `[me@big ~]$ ` */
const PROMPT = /^\s*\[?[\w.-]{1,32}@(?<host>[\w.-]{1,64})[^#$%]{0,60}[#$%]\s/;
/** `Linux big 6.6.0 #1 SMP ...`, as `uname -a` prints it. */
const UNAME = /^\s*Linux (?<host>[\w.-]{1,64}) (?<release>\d+\.\d\S*) #\d/;

/** The machine that a line names: a prompt, or what `uname -a` prints. */
export function machineIn(text: string): Machine | null {
  const { host, release } = (PROMPT.exec(text) ?? UNAME.exec(text))?.groups ?? {};
  return host === undefined ? null : { host, ...(release === undefined ? {} : { release }) };
}
