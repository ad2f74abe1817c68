// SPDX-License-Identifier: Apache-2.0
/**
 * Headings that people and tools put before pieces of evidence in a text.
 */

interface HeadingForm {
  readonly form: string;
  readonly pattern: RegExp;
  /** From a tool: a text with two of these is sectioned, whatever its first lines look like. */
  readonly strong: boolean;
}

/** Commands that identify a prompt without user and host. */
const COMMAND =
  '(?:(?:sudo|doas|time) )?(?:/(?:usr/)?s?bin/)?(?:cat|dmesg|journalctl|lsmod|uname|grep|tail|head|find|ls|trace-cmd|modinfo|zcat|xzcat|for|bpftrace|perf|modprobe|insmod|rmmod|kmod|depmod|systemctl|systemd-analyze|udevadm|strace|mokutil|nproc|logread|logcat|adb)(?![\\w:]).*';

// biome-ignore format: a table
const FORMS: readonly HeadingForm[] = [
  // ==> /var/log/dmesg <==                       tail, head
  { form: 'tail', pattern: /^==> (.+) <==$/, strong: true },
  // ------ KERNEL LOG (dmesg) ------             Android bugreport; with (dmesg: 3.2s elapsed) at its end
  { form: 'android', pattern: /^-{4,} ([A-Z][^-(]*(?:\(.*\))?) -{4,}$/, strong: true },
  // ** Kernel log:                               reportbug
  { form: 'reportbug', pattern: /^\*\* ([A-Z][\w /()'-]*):$/, strong: true },
  // -- Package-specific info:                    reportbug
  { form: 'reportbug', pattern: /^-- ([A-Z][\w /()-]*):$/, strong: true },
  // === dmesg ===    --- lsmod ---    ##### /proc/modules #####
  { form: 'rule', pattern: /^(?:={3,}|-{3,}|#{3,}|\*{3,}) ?([^\s=#*-](?:.{0,78}[^\s=#*-])?) ?(?:={3,}|-{3,}|#{3,}|\*{3,})$/, strong: false },
  // root@host:~# dmesg      [user@host dir]$ lsmod
  { form: 'prompt', pattern: /^\[?[\w.-]+@[\w.-]+[^#$]{0,80}[#$] +(\S.*)$/, strong: false },
  // # cat /sys/kernel/debug/modules/stats     $ dmesg     $> insmod x.ko     + modprobe x     (initramfs) modprobe x
  { form: 'prompt', pattern: new RegExp(`^(?:[#$%❯➜]>?|\\+{1,3}|\\(initramfs\\)) {0,2}(${COMMAND})$`), strong: false },
  // / # insmod x.ko     ~ $ dmesg     bash-5.1# lsmod     host:/tmp# dmesg     [root host]# dmesg     host% dmesg
  { form: 'prompt', pattern: new RegExp(`^(?:\\[[^\\]]{1,60}\\]|[~/\\w][\\w./~:@-]{0,60}) ?[#$%] {0,2}(${COMMAND})$`), strong: false },
  // systemd-analyze blame                        without a prompt: nothing else is called so
  { form: 'prompt', pattern: /^((?:sudo )?systemd-analyze (?:blame|critical-chain|time)(?: [\w.-]{1,80})?(?: ?\| ?(?:head|grep|tail)(?: [^:]{1,40})?)?):?$/, strong: false },
  // DMESG    KERNEL LOG                          a report script's own, and no `PGD 0 P4D 0` of an oops
  { form: 'capitals', pattern: /^(?!PGD )([A-Z][A-Z0-9_ ./-]{3,40}):?$/, strong: false },
];

/** No heading or command is longer. */
const LONGEST = 1000;

const PROMPTS = FORMS.filter(({ form }) => form === 'prompt');

/** The command typed in a line, also in an indented block of code, which is no heading; null: none. */
export function typedCommand(line: string): string | null {
  const text = line.trim();
  if (text.length > LONGEST) return null;
  for (const { pattern } of PROMPTS) {
    const command = pattern.exec(text)?.[1];
    if (command !== undefined) return command;
  }
  return null;
}

/** All patterns in one: most lines match none of them. */
const ANY_FORM = new RegExp(FORMS.map(({ pattern }) => pattern.source).join('|'));

/** supportconfig: `#==[ Command ]======================================#`, and on the next line `# /bin/dmesg`. */
const SUPPORTCONFIG = /^#==\[ [A-Za-z ]+ \]=+#$/;

/** Mail readers showing a mail as text, on two lines: `[-- Attachment #2: stats --]`, `[-- Type: text/plain --]`. */
const ATTACHMENT = /^\[-- Attachment(?: #\d{1,4})?: (.{1,200}) --\]$/;
const ATTACHMENT_TYPE = /^\[-- Type: .{1,200} --\]$/;

export interface Heading {
  readonly name: string;
  readonly strong: boolean;
}

/** Finds headings line by line; some take two lines. */
export class Headings {
  #afterRule = false;
  #attachment: string | null = null;

  /** The heading that this line completes, or null. */
  of(line: string): Heading | null {
    if (this.#afterRule) {
      this.#afterRule = false;
      return { name: line.replace(/^# */, '').trim() || 'section', strong: true };
    }
    if (SUPPORTCONFIG.test(line)) {
      this.#afterRule = true;
      return null;
    }
    const text = line.trimEnd();
    if (text.length > LONGEST) return null;
    const attached = this.#attachment;
    this.#attachment = ATTACHMENT.exec(text)?.[1]?.trim() ?? null;
    const name = this.#attachment ?? (ATTACHMENT_TYPE.test(text) ? attached : null);
    if (name !== null) return { name, strong: true };
    if (!ANY_FORM.test(text)) return null;
    for (const { pattern, strong } of FORMS) {
      const title = pattern.exec(text)?.[1];
      if (title !== undefined) return { name: title.trim(), strong };
    }
    return null;
  }

  /** True between the two lines of a heading. */
  get pending(): boolean {
    return this.#afterRule;
  }
}
