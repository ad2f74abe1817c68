/** Messages about loads that failed, or allocations that did, and taints (kernel/module/, mm/). */
import type { FailureReason, Taint } from '../../../model/event.js';
import { moduleName } from '../../../model/module-name.js';
import { NAME, type Rule, type Said } from './rule.js';

/** A rule for a refusal; the pattern's group `module`, if any, is the module. */
function refusal(reason: FailureReason, words: readonly string[], pattern: RegExp): Rule {
  return {
    words,
    pattern,
    says: (match) => ({
      kind: 'load-failure',
      reason,
      module: named(match),
      message: printable(match.input),
    }),
  };
}

function named(match: RegExpExecArray): string | null {
  const name = match.groups?.module;
  return name === undefined ? null : moduleName(name);
}

/** Control bytes as `\\xNN`, the way dmesg prints them: the same message is the same text in every form of a log. */
function printable(message: string): string {
  return message.replace(
    /[\x00-\x1f\x7f]/g,
    (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function taint(what: Taint['what'], words: readonly string[], pattern: RegExp): Rule {
  return {
    words,
    pattern,
    says: (match) => {
      const module = named(match);
      return module === null ? null : { kind: 'taint', module, what };
    },
  };
}

/** A rule of mm/: `bytes` and `module` are groups of the pattern. */
function allocation(what: 'percpu' | 'vmap', words: readonly string[], pattern: RegExp): Rule {
  return {
    words,
    pattern,
    says: (match): Said => ({
      kind: 'allocation-failure',
      what,
      bytes: match.groups?.bytes === undefined ? null : Number(match.groups.bytes),
      module: named(match),
      message: printable(match.input),
    }),
  };
}

const M = `(?<module>${NAME})`;

/** `NAME: rest` from the beginning of the message. */
function of(rest: string): RegExp {
  return new RegExp(`^${M}: ${rest}`);
}

/** Invalid ELF header magic: != \x7fELF      Invalid module architecture in ELF header: 40 */
const ELF_HEADER = /^Invalid (?:ELF (?:header|section|sh_link)|(?:module )?architecture in ELF header: )/;

/** empty section name table      symbol string table isn't NUL terminated */
const ELF_TABLES =
  /^(?:empty (?:section name|symbol string) table|symbol string table (?:missing leading NUL|isn't NUL terminated))$/;

/** vmalloc_node_range for size 8192 failed: Address range restricted to 0x0 - 0x10 */
const VMALLOC_RANGE = /^(?:.{1,16}: )?vmalloc_node_range for size (?<bytes>\d+) failed: /;

/** modprobe: vmalloc: allocation failure: 12288 bytes      vmalloc: allocation failure, allocated 4096 of 12288 bytes */
const VMALLOC_OLD = /^(?:.{1,16}: )?vmalloc: allocation failure(?:: |, allocated \d+ of )(?<bytes>\d+) bytes/;

export const FAILURE_RULES: readonly Rule[] = [
  // kernel/module/version.c
  refusal('symbol-version', ['no symbol version for '], of('no symbol version for \\S+$')),
  refusal('symbol-version', ['disagrees about version of '], of('disagrees about version of symbol \\S+$')),
  // kernel/module/main.c
  refusal('vermagic', ["version magic '"], of("version magic '.*' should be '.*'$")),
  refusal('unknown-symbol', ['Unknown symbol '], of('Unknown symbol \\S+(?: \\(err -?\\d+\\))?$')),
  refusal(
    'unknown-symbol',
    ['gave up waiting for init'],
    of('gave up waiting for init of module \\S+?\\.?$'),
  ),
  refusal('other', [' from namespace '], of('module us(?:es|ing) symbol \\(?\\S+?\\)? from namespace ')),
  refusal('other', ['module is already loaded'], of('module is already loaded$')),
  refusal(
    'duplicate-symbol',
    ['exports duplicate symbol '],
    of('exports duplicate symbol \\S+ \\(owned by \\S+\\)$'),
  ),
  refusal('blacklist', [' is blacklisted'], new RegExp(`^Module ${M} is blacklisted\\.?$`)),
  // do_init_module: 'foo'->init suspiciously returned 1, it should follow 0/-E convention
  refusal(
    'init',
    ['suspiciously returned'],
    new RegExp(`^(?:do|sys)_init_module: '${M}'->init suspiciously returned `),
  ),
  refusal('elf', ['Invalid ELF ', 'Invalid architecture', 'Invalid module arch'], ELF_HEADER),
  refusal('elf', ['ELF Spec violation: '], /^ELF Spec violation: section /),
  refusal('elf', ['.modinfo section must exist'], /^Only one \.modinfo section must exist\.$/),
  refusal('elf', ['symbol string table', 'section name table'], ELF_TABLES),
  refusal('elf', ['out of bounds in string'], /^symbol name out of bounds in string table$/),
  refusal(
    'elf',
    ['extended version crc'],
    /^(?:more )?extended version crcs?(?:\+name presence does| than names)/,
  ),
  refusal(
    'elf',
    ['.gnu.linkonce.this_module'],
    new RegExp(`^module ${M}: \\S*.*\\.gnu\\.linkonce\\.this_module `),
  ),
  refusal('elf', ['has no symbols (stripped?)'], of('module has no symbols \\(stripped\\?\\)$')),
  refusal('elf', ['nknown rela relocation'], new RegExp(`^module ${M}: Unknown rela relocation: `)),
  refusal(
    'elf',
    ['elocation target'],
    /^(?:x86\/modules: )?(?:Skipping i|I)nvalid relocation target, existing value /,
  ),
  // kernel/params.c: the backtick tells it from file systems' mount options; `Booting kernel:` is no module
  refusal('parameter', ['Unknown parameter `'], of("Unknown parameter `.*'$")),
  refusal('parameter', [' for parameter `'], of("`.*' (?:invalid|too large) for parameter `.*'$")),
  // kernel/module/signing.c, kernel/module_signature.c, security/lockdown/lockdown.c
  refusal('signature', [' is rejected'], /^Loading of (?:unsigned module|module with .+) is rejected$/),
  refusal('signature', [' is rejected'], of('[Ll]oading of (?:unsigned module|module with .+) is rejected$')),
  refusal(
    'signature',
    ['PKCS#7 '],
    /^module: (?:not signed with expected PKCS#7 message|PKCS#7 signature info )/,
  ),
  refusal('signature', ['Request for unknown module key'], /^Request for unknown module key '/),
  refusal('lockdown', ['Lockdown: '], /^Lockdown: .{1,16}: unsigned module loading is restricted/),
  refusal(
    'livepatch',
    ['livepatch support is disabled'],
    of('module is marked as livepatch module, but livepatch '),
  ),
  refusal(
    'livepatch',
    ['refusing to load module'],
    new RegExp(`^livepatch: .*, refusing to load module '${M}'$`),
  ),
  // kernel/module/decompress.c
  refusal('decompress', ['decompression failed with'], /^(?:ZSTD-)?decompression failed with status -?\d+$/),
  refusal('decompress', ['failed to initialize decomp'], /^failed to initialize decompressor(?:: -?\d+)?$/),
  refusal('decompress', ['compressed module'], /^not an? (?:gzip|xz|zstd) compressed module$/),
  refusal(
    'decompress',
    ['ZSTD-compressed data has'],
    /^ZSTD-compressed data has (?:an incomplete|too large)/,
  ),
  refusal('decompress', ['initialize ZSTD stream'], /^Can't initialize ZSTD stream$/),
  {
    words: [' bytes percpu data'],
    pattern: of('Could not allocate (?<bytes>\\d+) bytes percpu data$'),
    says: (match) => {
      const module = named(match);
      const bytes = Number(match.groups?.bytes);
      return [
        { kind: 'load-failure', reason: 'percpu', module, message: printable(match.input) },
        { kind: 'allocation-failure', what: 'percpu', bytes, module, message: printable(match.input) },
      ];
    },
  },
  // mm/percpu.c, mm/vmalloc.c; warn_alloc() puts the task's comm in front
  allocation(
    'percpu',
    ['percpu: allocation failed'],
    /^percpu: allocation failed, size=(?<bytes>\d+) align=/,
  ),
  allocation('vmap', ['vmap allocation for size'], /^vmap allocation for size (?<bytes>\d+) failed/),
  allocation('vmap', ['vmalloc_node_range for size'], VMALLOC_RANGE),
  allocation('vmap', ['vmalloc error: size'], /^(?:.{1,16}: )?vmalloc error: size (?<bytes>\d+), /),
  allocation('vmap', ['vmalloc: allocation failure'], VMALLOC_OLD),
];

export const TAINT_RULES: readonly Rule[] = [
  taint('out-of-tree', ['out-of-tree module'], of('loading out-of-tree module taints kernel\\.$')),
  taint('license', ["module license '"], of("module license '.*' taints kernel\\.$")),
  taint('license', ['module license taints'], of('module license taints kernel\\.$')),
  taint('unsigned', ['module verification failed'], of('module verification failed: .* - tainting kernel$')),
  taint('staging', ['from the staging directory'], of('module is from the staging directory')),
  taint('livepatch', ['TAINT_LIVEPATCH'], of('tainting kernel with TAINT_LIVEPATCH$')),
  taint(
    'forced',
    ['kernel tainted.'],
    of('(?:.* )?(?:version|versions|vermagic|magic)\\b.*: kernel tainted\\.$'),
  ),
];
