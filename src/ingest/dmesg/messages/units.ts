// SPDX-License-Identifier: Apache-2.0
/** Failed units and init scripts that load modules: systemd, Upstart, sysvinit, OpenWrt, dkms. */
import type { UnitFailure } from '../../../model/event.js';
import { parseTimespan } from '../../../model/timespan.js';
import { trimmedEnd } from '../../../model/trim.js';
import { failedCommand, program } from './loader.js';
import type { LogFact, Rule } from './rule.js';

/** Units that load modules, or build and then load them. */
const UNIT =
  '(?<unit>systemd-modules-load|modprobe@[^\\s:]+|kmod(?:-static-nodes)?|module-init-tools|load-modules|dkms|akmods)';

/** Common descriptions of these units; a template's names the module. */
const DESCRIPTION =
  '(?<description>(?:LSB: )?(?:Load|Builds? and install|Install|Loading)\\b.*?\\b(?:[Kk]ernel [Mm]odules?|kmods?|[Dd]kms)\\b.*?)';

/** A console shortens the middle of a long unit name. */
const SHORTENED = '[\\w@.-]{1,40}(?:…|\\.\\.\\.)[\\w.-]{1,40}';

/** A console prints `[FAILED] ` before it. */
const START = '^(?:\\[ ?(?:FAILED|DEPEND|TIME) ?\\] )?';

function unit(words: readonly string[], pattern: RegExp, what: UnitFailure['what']): Rule {
  return {
    words,
    pattern,
    facts: (match, { tool }): LogFact | null => {
      const by = program(tool);
      if (by !== null && !/^(?:systemd|init|unknown|systemctl|audit)$/.test(by)) return null;
      const name = nameOf(match);
      return name === null ? null : { kind: 'unit-failure', unit: name, what, message: match.input };
    },
  };
}

/** The unit by its name or its description. */
function nameOf({ groups }: RegExpExecArray): string | null {
  const named = groups?.unit;
  if (named !== undefined) return named.includes('.') ? named : `${named}.service`;
  const description = groups?.description && trimmedEnd(groups.description, '.…');
  if (description === undefined) return null;
  if (/^Load Kernel Modules\b/.test(description)) return 'systemd-modules-load.service';
  const builder = /\b(akmod|dkms)s?\b/i.exec(description)?.[1]?.toLowerCase();
  if (builder !== undefined) return builder === 'dkms' ? 'dkms.service' : 'akmods.service';
  const module = /^Load Kernel Module (\S+)$/.exec(description)?.[1];
  return module === undefined ? description : `modprobe@${module}.service`;
}

/** Units that wait for udev or load modules, by what systemd calls them while it starts them; 249 renamed two. */
// biome-ignore format: a table
const WAITERS: readonly (readonly [unit: string, descriptions: readonly string[]])[] = [
  ['systemd-udev-settle', ['Wait for udev To Complete Device Initialization', 'udev Wait for Complete Device Initialization']],
  ['systemd-udev-trigger', ['Coldplug All udev Devices', 'udev Coldplug all Devices']],
  ['systemd-modules-load', ['Load Kernel Modules']],
  ['dracut-initqueue', ['dracut initqueue hook']],
];

const WAITER_RULES = WAITERS.map(
  ([unit, descriptions]): Rule => ({
    words: descriptions,
    pattern: new RegExp(
      `^(?:\\[ +OK +\\] )?(Starting|Started|Finished) (?:${unit}\\.service - )?(?:${descriptions.join('|')})[.…]*$`,
    ),
    facts: ([, how]) => ({
      kind: 'unit-time',
      unit: `${unit}.service`,
      what: how === 'Starting' ? 'starting' : 'started',
      after: null,
      took: null,
    }),
  }),
);

/**
 * Repainted twice a second while the console waits (src/core/manager.c); how the job ends is another line:
 *     [ ***  ] (1 of 2) A start job is running for Load Kernel Modules (13s / 1min 30s)
 *     [ ***  ] Job systemd-modules-load.service/start running (13s / no limit)
 */
const PROGRESS =
  /(?:^|[\])] )(?:A start job is running for (?<what>.*?)|Job (?<job>\S+)\/start running)(?: \((?<took>[\w. ]+) \/ [^()]*\))?$/;

const PROGRESS_RULE: Rule = {
  words: [' job is running for ', '/start running'],
  pattern: PROGRESS,
  facts: ({ groups }) => {
    const shown = groups?.job ?? groups?.what ?? '';
    const [waiter] =
      WAITERS.find(
        ([unit, descriptions]) => shown.startsWith(`${unit}.service`) || descriptions.includes(shown),
      ) ?? [];
    if (waiter === undefined) return [];
    const took = parseTimespan(groups?.took ?? '');
    return { kind: 'unit-time', unit: `${waiter}.service`, what: 'waiting', after: null, took };
  },
};

/** What VMware's script calls its modules. */
const VMWARE: Readonly<Record<string, string>> = {
  'Virtual machine monitor': 'vmmon',
  'Virtual ethernet': 'vmnet',
  'Virtual machine communication interface': 'vmci',
  'VM communication interface socket family': 'vsock',
};

/** `   Virtual machine monitor                  failed` on a terminal, `Virtual ethernet - failed` in syslog; it does not say why. */
const VMWARE_RULE: Rule = {
  words: Object.keys(VMWARE),
  pattern: new RegExp(`^ *(?<what>${Object.keys(VMWARE).join('|')})(?: - | {2,})failed$`),
  facts: ({ groups, input }, { tool }) => {
    if (tool !== null && tool !== 'vmware') return null;
    const unit = `vmware (${VMWARE[groups?.what ?? '']})`;
    return { kind: 'unit-failure', unit, what: 'result', message: input.trim() };
  },
};

// biome-ignore format: a table
export const UNIT_RULES: readonly Rule[] = [
  ...WAITER_RULES,
  unit([': Main process exited', ': Control process exited', ': main process exited'], new RegExp(`^${UNIT}\\.service: (?:Main|Control|main|control) process exited, code=(?:killed|dumped|exited), status=(?!0\\b)`), 'exited'),
  unit([": Failed with result '"], new RegExp(`^${UNIT}\\.service: Failed with result '`), 'result'),
  unit(['entered failed state'], new RegExp(`^(?:Unit )?${UNIT}\\.service:? (?:Unit )?entered failed state`), 'state'),
  unit(['timed out'], new RegExp(`^${UNIT}\\.service: (?:[Ss]tart(?:-pre)? operation|State 'start\\S*') timed out`), 'slow'),
  unit(['Failed to start '], new RegExp(`${START}Failed to start (?:${UNIT}\\.service(?: - .*)?|(?:${SHORTENED} - )?${DESCRIPTION})\\.?$`), 'start'),
  unit(['Dependency failed for ', 'Timed out starting '], new RegExp(`${START}(?:Dependency failed for|Timed out starting) (?:${UNIT}\\.service(?: - .*)?|(?:${SHORTENED} - )?${DESCRIPTION})\\.?$`), 'start'),
  PROGRESS_RULE,
  VMWARE_RULE,
  // init: module-init-tools main process (123) terminated with status 1      Upstart
  unit([' process ('], new RegExp(`^(?:init: )?${UNIT} (?:main|pre-start|post-start) process \\(\\d+\\) (?:terminated with status [1-9]|killed by )`), 'exited'),
  // ● systemd-modules-load.service loaded failed failed Load Kernel Modules      systemctl --failed
  unit([' failed failed '], new RegExp(`^(?:[●*×x] +)?${UNIT}\\.service +loaded +failed +failed\\b`), 'listed'),
  // Process: 313 ExecStart=/lib/systemd/systemd-modules-load (code=exited, status=1/FAILURE)      systemctl status
  unit(['ExecStart='], new RegExp(`^ *Process: \\d+ ExecStart=(?:/\\S*)?/${UNIT}\\b.*\\(code=(?:killed|dumped|exited), (?:status|signal)=(?!0\\b)`), 'exited'),
  {
    // Process: 1309 ExecStart=/sbin/modprobe nouveau (code=exited, status=1/FAILURE)      203/EXEC and the like: it did not run
    words: ['ExecStart'],
    pattern: /^ *Process: \d+ ExecStart(?:Pre|Post)?=-?(?<command>(?:\/\S*\/)?(?:modprobe|insmod)(?: [^(]*)?) \(code=(?:killed|dumped|exited), (?:status|signal)=(?!0\b|2\d\d\/)[^()]*\)$/,
    facts: ({ groups }) => failedCommand(groups?.command ?? ''),
  },
  // audit: type=1130 audit(1.2:3): pid=1 uid=0 ... msg='unit=systemd-modules-load comm="systemd" ... res=failed'
  unit(['res=failed'], new RegExp(`type=(?:1130|SERVICE_START)\\b.*\\bunit=${UNIT} .*\\bres=failed`), 'audit'),
  {
    words: [' could not be probed'],
    pattern: /^(?:(kmodloader|modprobe|kmod): )?\d+ modules? could not be probed$/,
    // kmodloader runs when the system starts: what has no name is on a terminal, where somebody typed modprobe.
    facts: ([message, by], { tool }) => ({ kind: 'unit-failure', unit: by ?? tool ?? 'modprobe', what: 'result', message }),
  },
  // [FAIL] Loading kernel modules...failed!      sysvinit;  * ERROR: modules failed to start      OpenRC
  script(['oading kernel modules', 'modules failed to start'], /^(?:\[ ?FAIL ?\] )?(?:\* )?(?:Loading kernel modules ?\.\.\. ?\(?failed|ERROR: modules failed to start)/i, 'init script that loads kernel modules'),
  // FATAL: Could not load /lib/modules/2.6.32/modules.dep: No such file or directory      module-init-tools, kmod
  script(
    ['modules.dep', 'Module index is inconsistent'],
    /^(?:(?:modprobe|depmod): )?(?:can't open '?modules\.dep|(?:FATAL: )Module index is inconsistent|FATAL: modules\.dep not found|(?:dracut(?:\[\d+\])?: )?\S+\/modules\.dep is missing|(?:(?:FATAL|ERROR): (?:\.\.\/\S+ \w+\(\) )?)[Cc]ould not (?:load|open) (?:moddep file )?'?\S*\/modules\.dep)/,
    'modules.dep',
  ),
  // modprobe: can't change directory to '6.1.0': No such file or directory      busybox, also of '/lib/modules'
  script(
    ["can't change directory to '", 'missing /lib/modules/', 'Cannot find module directory'],
    /^(?:(?:modprobe|depmod): )?(?:can't change directory to '|W: missing \/lib\/modules\/|(?:dracut(?:\[\d+\])?: )?Cannot find module directory )/,
    'module directory',
  ),
  script(['installkernel failed in module ', 'dracut-install '], /^(?:dracut: )?(?:installkernel failed in module |FAILED: .*\bdracut-install .* -m )/, 'dracut'),
  // system/core/init/first_stage_init.cpp
  script(['Failed to load kernel modules'], /^(?:init: )?Failed to load kernel modules$/, 'init'),
  // udev then loads no modules at all.
  script(['kmod context'], /^Failed to (?:load|allocate|create) kmod context\b/, 'udev (kmod)'),
  script(['for module build on kernel'], /^(?:Error! )?Bad return status for module build on kernel: /, 'dkms'),
];

function script(words: readonly string[], pattern: RegExp, name: string): Rule {
  return {
    words,
    pattern,
    facts: ({ input }) => ({ kind: 'unit-failure', unit: name, what: 'result', message: input }),
  };
}
