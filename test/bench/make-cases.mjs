// SPDX-License-Identifier: Apache-2.0
/**
 * Makes an archive of boots for benchmarks and checks of `modwaste batch`: kernel logs, compressed logs, report
 * directories and tars, a part of them damaged, and beside them what a right reading gives. The same seed gives the
 * same bytes.
 *
 *     node test/bench/make-cases.mjs --out DIR [--cases 5000] [--seed 1] [--bad 0.01] [--logs DIR] [--lines 500]
 *
 * --logs is a folder of real kernel logs to vary; without it, logs are made up. DIR gets the cases, `list.txt` (their
 * paths, for --files-from, run inside DIR) and `truth.json` (an object a line).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { randomFrom } from './random.mjs';

/** Numbers from 0 to 1, the same for the same seed. */
function seeded(seed) {
  const { below } = randomFrom(seed);
  return () => below(2 ** 30) / 2 ** 30;
}

const OLD_RELEASES = ['5.15.0-91-generic', '6.1.0-18-amd64'];
/** Releases whose kernels count failed loads. The last one wastes half as much again. */
const RELEASES = ['6.6.30-200.fc40.x86_64', '6.12.9-amd64', '6.14.2-arch1-1'];
const MODULES = [
  'snd_hda_intel',
  'kvm_intel',
  'amdgpu',
  'iwlwifi',
  'edac_core',
  'crc32c_intel',
  'ttm',
  'cfg80211',
];

/** Real logs that begin with one boot's first line, cut to so many lines. */
function readPool(folder, lines) {
  const pool = [];
  for (const name of readdirSync(folder).sort()) {
    const text = readFileSync(join(folder, name)).toString('latin1');
    const starts = text.match(/Linux version \d/g)?.length ?? 0;
    const head = text.split('\n', lines);
    const first = head.findIndex((line) => line.includes('Linux version '));
    if (starts === 1 && first >= 0 && first < 5) pool.push(head.slice(first));
  }
  return pool;
}

function madeUpLog(random, lines) {
  const log = [
    '[    0.000000] Linux version 6.1.0 (build@host) (gcc 12.2.0) #1 SMP PREEMPT_DYNAMIC',
    '[    0.000000] Command line: BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet',
    '[    0.000000] BIOS-provided physical RAM map:',
    '[    0.104000] smp: Brought up 1 node, 4 CPUs',
  ];
  for (let t = 0.2; log.length < lines; ) {
    t += random() * 0.05;
    const port = Math.floor(random() * 8);
    log.push(
      `[${t.toFixed(6).padStart(12)}] usb 1-${port}: new high-speed USB device number ${log.length} using xhci_hcd`,
    );
  }
  return log;
}

/** One log of the pool, of another release, and of another length so that no two are the same. */
function vary(random, pool, release) {
  const base = pool[Math.floor(random() * pool.length)];
  const kept = base.slice(0, Math.max(20, Math.floor(base.length * (0.6 + 0.4 * random()))));
  kept[0] = kept[0].replace(/Linux version \S+/, `Linux version ${release}`);
  const last = kept.at(-1).match(/^(.*?\[ *\d+\.\d+\])/)?.[1] ?? '';
  return `${[...kept, `${last} random: crng init done ${Math.floor(random() * 1e9)}`].join('\n')}\n`;
}

/** Copies of /sys/kernel/debug/modules, with sums that follow from what is drawn. */
function counters(random, release) {
  const factor = release === RELEASES.at(-1) ? 1.5 : 1;
  const rows = MODULES.slice(0, 2 + Math.floor(random() * (MODULES.length - 2))).map((name, index) => ({
    name,
    size: 4096 * (8 + index * 5),
    becoming: 1 + Math.floor(random() * 6 * factor),
    load: Math.floor(random() * 3 * factor),
  }));
  const sum = (of) => rows.reduce((total, row) => total + of(row), 0);
  const failedBecoming = sum((row) => row.becoming);
  const failedLoad = sum((row) => row.load);
  const becomingBytes = sum((row) => row.becoming * row.size);
  const loadBytes = sum((row) => 2 * row.load * row.size);
  const modcount = 100 + Math.floor(random() * 50);
  const files = {
    modcount,
    failed_kreads: 0,
    failed_decompress: 0,
    failed_becoming: failedBecoming,
    failed_load_modules: failedLoad,
    total_mod_size: modcount * 90_000,
    total_text_size: modcount * 40_000,
    invalid_kread_bytes: 0,
    invalid_decompress_bytes: 0,
    invalid_becoming_bytes: becomingBytes,
    invalid_mod_bytes: loadBytes,
  };
  return {
    files,
    stats: statsTable(files, rows),
    failures: failedBecoming + failedLoad,
    wasted: becomingBytes + loadBytes,
  };
}

/** As kernel/module/stats.c prints it. */
function statsTable(f, rows) {
  const line = (label, value) => `${label.padStart(25)}\t${value}\n`;
  const average = (bytes, count) => Math.ceil(bytes / count);
  const wasted =
    f.invalid_kread_bytes + f.invalid_decompress_bytes + f.invalid_becoming_bytes + f.invalid_mod_bytes;
  let text =
    line('Mods ever loaded', f.modcount) +
    line('Mods failed on kread', f.failed_kreads) +
    line('Mods failed on decompress', f.failed_decompress) +
    line('Mods failed on becoming', f.failed_becoming) +
    line('Mods failed on load', f.failed_load_modules) +
    line('Total module size', f.total_mod_size) +
    line('Total mod text size', f.total_text_size) +
    line('Failed kread bytes', f.invalid_kread_bytes) +
    line('Failed decompress bytes', f.invalid_decompress_bytes) +
    line('Failed becoming bytes', f.invalid_becoming_bytes) +
    line('Failed kmod bytes', f.invalid_mod_bytes) +
    line('Virtual mem wasted bytes', wasted) +
    line('Average mod size', average(f.total_mod_size, f.modcount)) +
    line('Average mod text size', average(f.total_text_size, f.modcount)) +
    line('Avg fail becoming bytes', average(f.invalid_becoming_bytes, f.failed_becoming));
  if (f.failed_load_modules > 0) {
    text += line('Average fail load bytes', average(f.invalid_mod_bytes, f.failed_load_modules));
  }
  const row = (name, times, reason) =>
    `${name.padStart(25)}\t${String(times).padStart(15)}\t${reason.padStart(25)}\n`;
  text += 'Duplicate failed modules:\n';
  text += row('Module-name', 'How-many-times', 'Reason');
  for (const { name, becoming, load } of rows) {
    text += row(name, becoming + load, load > 0 ? 'Becoming & Load' : 'Becoming');
  }
  return text;
}

/** A ustar archive; all times are zero. */
function tar(files) {
  const blocks = [];
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text, 'latin1');
    const head = Buffer.alloc(512);
    const octal = (value, length) => `${value.toString(8).padStart(length - 1, '0')}\0`;
    head.write(name, 0);
    head.write(octal(0o644, 8), 100);
    head.write(octal(0, 8), 108);
    head.write(octal(0, 8), 116);
    head.write(octal(content.length, 12), 124);
    head.write(octal(0, 12), 136);
    head.write('        ', 148);
    head.write('0ustar\x0000', 156, 'latin1');
    let sum = 0;
    for (const byte of head) sum += byte;
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    blocks.push(head, content, Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const bombs = new Map();

/** Some text, then one line again and again, compressed to a thousandth. */
function bomb(text, line, bytes) {
  const known = bombs.get(text);
  if (known) return known;
  const packed = Buffer.concat([gzipSync(text), gzipSync(Buffer.alloc(bytes, line))]);
  bombs.set(text, packed);
  return packed;
}

/** What can be wrong with a case: each makes its path, and none of them is `ok`. */
const BAD = {
  'cut-gz': (path, text) => {
    const packed = gzipSync(text);
    writeFileSync(`${path}.gz`, packed.subarray(0, Math.floor(packed.length * 0.7)));
    return `${path}.gz`;
  },
  'flipped-gz': (path, text) => {
    const packed = gzipSync(text);
    // The check sum at the end: the data are all there, and not to be trusted.
    packed[packed.length - 7] ^= 0xff;
    writeFileSync(`${path}.gz`, packed);
    return `${path}.gz`;
  },
  'bomb-gz': (path, _text, _random, bytes) => {
    writeFileSync(`${path}.gz`, bomb('', '\0', bytes));
    return `${path}.gz`;
  },
  garbage: (path, _text, random) => {
    writeFileSync(
      `${path}.bin`,
      Buffer.from(Uint8Array.from({ length: 5000 }, () => Math.floor(random() * 256))),
    );
    return `${path}.bin`;
  },
  empty: (path) => {
    writeFileSync(`${path}.txt`, '');
    return `${path}.txt`;
  },
  missing: (path) => `${path}.gone`,
  dangling: (path) => {
    symlinkSync('nowhere', `${path}.txt`);
    return `${path}.txt`;
  },
  fifo: (path) => {
    execFileSync('mkfifo', [`${path}.txt`]);
    return `${path}.txt`;
  },
  'cut-tar': (path, text) => {
    const whole = tar({ 'report/dmesg.txt': text });
    writeFileSync(`${path}.tar`, whole.subarray(0, Math.floor(whole.length * 0.6)));
    return `${path}.tar`;
  },
  'bomb-log': (path, _text, _random, bytes) => {
    const log = '[    0.000000] Linux version 6.1.0 (a bomb that looks like a log) #1\n';
    writeFileSync(`${path}.gz`, bomb(log, `[    1.000000] ${'a'.repeat(4000)}\n`, bytes));
    return `${path}.gz`;
  },
  '7z': (path) => {
    writeFileSync(`${path}.7z`, Buffer.from('377abcaf271c00047a5d', 'hex'));
    return `${path}.7z`;
  },
};

/** Makes one case below `out`; gives its truth. */
function makeGood(random, out, path, pool) {
  const kind = random();
  if (kind < 0.75) {
    const release = [...OLD_RELEASES, ...RELEASES][Math.floor(random() * 5)];
    const text = Buffer.from(vary(random, pool, release), 'latin1');
    const packed = kind >= 0.6;
    const name = packed ? `${path}.txt.gz` : `${path}.txt`;
    writeFileSync(join(out, name), packed ? gzipSync(text) : text);
    return {
      path: name,
      kind: packed ? 'gz' : 'log',
      ok: true,
      kernel: release,
      failures: null,
      wasted: null,
    };
  }
  const release = RELEASES[Math.floor(random() * RELEASES.length)];
  const log = vary(random, pool, release);
  const { files, stats, failures, wasted } = counters(random, release);
  const content = { 'dmesg.txt': log, 'modules/stats': stats };
  for (const [name, value] of Object.entries(files)) content[`modules/${name}`] = `${value}\n`;
  const truth = { ok: true, kernel: release, failures, wasted };
  if (kind >= 0.95) {
    const inside = Object.fromEntries(
      Object.entries(content).map(([name, text]) => [`report/${name}`, text]),
    );
    writeFileSync(join(out, `${path}.tar`), tar(inside));
    return { path: `${path}.tar`, kind: 'tar', ...truth };
  }
  mkdirSync(join(out, path, 'modules'), { recursive: true });
  for (const [name, text] of Object.entries(content)) writeFileSync(join(out, path, name), text, 'latin1');
  return { path, kind: 'report', ...truth };
}

/** The whole archive. Gives the truth of every case, in the order of the list. */
export function makeCases({
  out,
  cases = 5000,
  seed = 1,
  bad = 0.01,
  logs = null,
  lines = 500,
  bombMiB = 300,
}) {
  rmSync(out, { recursive: true, force: true });
  const random = seeded(seed);
  const pool =
    logs === null ? Array.from({ length: 20 }, () => madeUpLog(random, lines)) : readPool(logs, lines);
  const kinds = Object.entries(BAD);
  const every = bad > 0 ? Math.max(1, Math.round(1 / bad)) : Number.POSITIVE_INFINITY;
  const truths = [];
  for (let n = 0; n < cases; n++) {
    const folder = `boots/${String(Math.floor(n / 100)).padStart(4, '0')}`;
    mkdirSync(join(out, folder), { recursive: true });
    const path = `${folder}/boot-${String(n).padStart(6, '0')}`;
    if (n % every === every - 1) {
      const [kind, make] = kinds[Math.floor(n / every) % kinds.length];
      const text = Buffer.from(vary(random, pool, RELEASES[0]), 'latin1');
      const made = make(join(out, path), text, random, bombMiB * 1024 ** 2);
      truths.push({
        path: made.slice(out.length + 1),
        kind,
        ok: false,
        kernel: null,
        failures: null,
        wasted: null,
      });
    } else truths.push(makeGood(random, out, path, pool));
  }
  writeFileSync(join(out, 'list.txt'), truths.map(({ path }) => `${path}\n`).join(''));
  writeFileSync(join(out, 'truth.json'), truths.map((truth) => `${JSON.stringify(truth)}\n`).join(''));
  return truths;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      cases: { type: 'string', default: '5000' },
      seed: { type: 'string', default: '1' },
      bad: { type: 'string', default: '0.01' },
      logs: { type: 'string' },
      lines: { type: 'string', default: '500' },
    },
  });
  if (!values.out) throw new Error('--out DIR must be given');
  const truths = makeCases({
    out: values.out,
    cases: Number(values.cases),
    seed: Number(values.seed),
    bad: Number(values.bad),
    logs: values.logs ?? null,
    lines: Number(values.lines),
  });
  const wrong = truths.filter(({ ok }) => !ok).length;
  process.stdout.write(`${truths.length} cases in ${values.out}, ${wrong} of them bad\n`);
}
