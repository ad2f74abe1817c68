// SPDX-License-Identifier: Apache-2.0
/**
 * An all-clear is read again by plain patterns, which know nothing of the catalogue: over public logs, where they are at
 * hand, no line that speaks of a failed load, a hung loader or a failed unit stands in a boot that is called clear.
 */
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { caseOf } from '../../src/case.js';
import { openInputs } from '../../src/disk/walk.js';
import { ByteReader, textLines } from '../../src/input/index.js';
import { WHOLE } from '../corpus/index.js';
import { readBytes } from './read.js';

const LOGS = new URL('../../../shared/public-logs/logs.tar.xz', import.meta.url).pathname;

/** A loader, by any name, and in the same line a word of trouble. */
const LOADER =
  /\b(?:modprobe|insmod|kmod|load_module|do_init_module|f?init_module|kmodloader|modules-load|udev-worker|udevd)\b/i;
const TROUBLE =
  /\b(?:fail\w*|error|unable|cannot|can't|could not|refus\w*|reject\w*|denied|killed|blocked|stuck|hung|tim(?:ed|e) ?out|long time|not found|busy|throttl\w*|segfault)\b/i;
/** No loader named, but a module that did not load. */
const NOT_LOADED =
  /\b(?:fail(?:ed|ure)?|unable|cannot|can't|could not|refus\w*|reject\w*)\b.{0,40}\b(?:load|insert|init)\w*\b.{0,60}\bmodules?\b|\bmodules?\b.{0,60}\b(?:fail(?:ed|ure)? to|could not|cannot|unable to|is rejected|will not)\b.{0,20}\b(?:load|insert)/i;

/** What other people's modules, files and records say, and tests of themselves. */
const OTHERS: readonly RegExp[] = [
  /firmware|microcode|regulatory\.db|\bpolicy\b|certificate/i,
  /x-session\[|Xorg|\((?:II|EE|WW)\)/,
  /\b(?:TCONF|TPASS|TINFO|TFAIL):/,
  /(?:Kernel c|C)ommand line: |modprobe\.blacklist=|stall_timeout|RESULT_ROOT=/,
  // SELinux and AppArmor about anything but requests and loads of modules
  /^(?!.*module_(?:request|load)).*(?:avc: |apparmor=)/,
  // frames and heads of traces of something else
  /\+0x[\da-f]+\/0x[\da-f]+|\bComm: |\bPID: \d+/,
  // systemd about unit files
  /\.(?:service|conf):\d+: /,
  // udev about rules, links, network names: not about loads
  /udev(?:-worker\)?|d)?\[\d+\]: (?!.*(?:SEQNUM|insert|modprobe|[Ss]pawned process|is blocked))/,
];

const speaksOfTrouble = (text: string): boolean =>
  ((LOADER.test(text) && TROUBLE.test(text)) || NOT_LOADED.test(text)) &&
  !OTHERS.some((other) => other.test(text));

interface Clear {
  readonly name: string;
  readonly lines: readonly string[];
}

if (WHOLE && existsSync(LOGS))
  describe('public logs', () => {
    const clear: Clear[] = [];
    let boots = 0;

    beforeAll(async () => {
      for await (const thing of openInputs([LOGS], {})) {
        if (thing.found !== 'leaf') continue;
        const bytes = await new ByteReader(thing.leaf.open()).read(1 << 28);
        const { model } = caseOf(await readBytes({ bytes }));
        boots += model.boots.length;
        if (model.boots.length === 0 || model.boots.some(({ verdict }) => verdict !== 'clear')) continue;
        const lines: string[] = [];
        await textLines(new ByteReader(one(bytes)).rest(), (text) => lines.push(text));
        clear.push({ name: thing.leaf.node.path, lines });
      }
    });

    test('most are clear: no false alarm', () => {
      expect(boots).toBeGreaterThan(150);
      expect(clear.length).toBeGreaterThan(120);
    });

    test('a boot is called clear only where no line speaks of trouble', () => {
      const wrong = clear.flatMap(({ name, lines }) =>
        lines.flatMap((text, index) => (speaksOfTrouble(text) ? [`${name}:${index + 1}: ${text}`] : [])),
      );
      expect(wrong).toEqual([]);
    });
  });

describe('the plain patterns', () => {
  test.each([
    "modprobe: ERROR: could not insert 'foo': Invalid argument",
    'systemd[1]: systemd-modules-load.service: Main process exited, code=exited, status=1/FAILURE',
    'foo: failed to load module bar',
    'INFO: task modprobe:2078 blocked for more than 10 seconds.',
    'systemd-udevd[246]: usb3: Worker [255] processing SEQNUM=2193 killed',
    'can: module can_raw could not load',
  ])('find `%s`', (text) => expect(speaksOfTrouble(text)).toBe(true));

  test.each([
    'systemd[1]: Finished modprobe@drm.service - Load Kernel Module drm.',
    'cfg80211: failed to load regulatory.db',
    'gdm-x-session[12]: (EE) Failed to load module "vesa" (module does not exist, 0)',
  ])('leave `%s`', (text) => expect(speaksOfTrouble(text)).toBe(false));
});

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
