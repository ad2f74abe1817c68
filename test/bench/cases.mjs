// SPDX-License-Identifier: Apache-2.0
/**
 * What is measured: modwaste, and beside it programs that do a part of the same work on the same files. `$` names an
 * input of generate.mjs, OUT a folder for results; each command is one shell line.
 */

const WANTED = "'module_(load|request|free)|finit_module'";
const IN_LOGS = "'Linux version|module|insert'";
const phaseWaste = (input) => `modwaste query phase-waste --format csv ${input}`;
const batch = (input) => `modwaste batch --jobs 1 --quiet --force --out OUT ${input}`;

/**
 * An aim: the measured figure of modwaste, as a multiple of a peer's where `of` names one, at most `most`. `cpu` and
 * `wall` are seconds, `rss` MiB.
 */
export const CASES = [
  {
    name: 'trace',
    title: '1 GB trace to `query phase-waste`',
    modwaste: phaseWaste('$trace'),
    peers: {
      rg: `rg -c ${WANTED} $trace`,
      gawk: "LC_ALL=C gawk '/module_(load|request|free)|finit_module/ { n++ } END { print n }' $trace",
      lnav: `lnav -n -c ':filter-in module_' $trace`,
    },
    aims: [
      { figure: 'cpu', of: 'rg', most: 5 },
      { figure: 'wall', of: 'rg', most: 5 },
      { figure: 'cpu', of: 'gawk', most: 1 },
      { figure: 'rss', most: 120 },
    ],
  },
  {
    name: 'trace-4x',
    title: '4 GB trace to `query phase-waste`',
    modwaste: phaseWaste('$trace-4x'),
    peers: { rg: `rg -c ${WANTED} $trace-4x` },
    aims: [],
    /** What each further GB costs, by the difference to another case. */
    beyond: { name: 'trace', times: 3, of: 'rg', cpu: 2.5, rss: 1.1 },
  },
  {
    name: 'logs',
    title: '5,000 logs of 80 KB, `batch --jobs 1`',
    modwaste: batch('$logs'),
    peers: { rg: `rg -c ${IN_LOGS} $logs` },
    aims: [
      { figure: 'cpu', of: 'rg', most: 5 },
      { figure: 'rss', most: 200 },
    ],
  },
  {
    name: 'real-logs',
    title: '5,000 variants of real logs, `batch --jobs 1`',
    modwaste: batch('$real-logs'),
    peers: { rg: `rg -c ${IN_LOGS} $real-logs` },
    aims: [{ figure: 'rss', most: 200 }],
  },
  {
    name: 'logs-gz',
    title: 'the same as .gz',
    modwaste: batch('$logs-gz'),
    peers: { 'zcat | rg': `find $logs-gz -type f | xargs zcat | rg -c ${IN_LOGS}` },
    aims: [{ figure: 'cpu', of: 'zcat | rg', most: 1 }],
  },
  {
    name: 'logs-tar-xz',
    title: 'the same as one tar.xz',
    modwaste: phaseWaste('$logs.tar.xz'),
    peers: { 'xz -dc | rg': `xz -dc $logs.tar.xz | rg -ac ${IN_LOGS}` },
    aims: [{ figure: 'cpu', of: 'xz -dc | rg', most: 2.5 }],
  },
  {
    name: 'dmesg-json',
    title: '200 MB `dmesg -J` to `query autoload`',
    modwaste: 'modwaste query autoload --format csv $dmesg.json',
    peers: { jq: "jq -r '.dmesg[]|.msg' $dmesg.json" },
    aims: [{ figure: 'cpu', of: 'jq', most: 0.25 }],
  },
  {
    name: 'modules',
    title: '1 M module events, all tables and canned queries (`export`)',
    modwaste: 'modwaste export --quiet --force --out OUT $modules',
    peers: {},
    events: 1e6,
    aims: [
      { figure: 'wall', most: 1e6 / 150_000 },
      { figure: 'rss', most: 400 },
    ],
  },
  {
    name: 'sosreport',
    title: '`analyze` of a sosreport with 78,000 files, as a directory',
    modwaste: 'modwaste analyze $sosreport',
    peers: {},
    aims: [
      { figure: 'wall', most: 15 },
      { figure: 'rss', most: 250 },
    ],
  },
  {
    name: 'sosreport-tar-xz',
    title: 'the same as tar.xz',
    modwaste: 'modwaste analyze $sosreport.tar.xz',
    peers: {},
    aims: [
      { figure: 'wall', most: 15 },
      { figure: 'rss', most: 250 },
    ],
  },
  {
    name: 'one-log',
    title: '`analyze` of one 80 KB log',
    modwaste: 'modwaste analyze $boot.log',
    peers: { node: 'node -e 0' },
    aims: [{ figure: 'wall', most: 0.6 }],
  },
  {
    name: 'help',
    title: '`--help`',
    modwaste: 'modwaste --help',
    peers: { node: 'node -e 0' },
    aims: [{ figure: 'cpu', of: 'node', most: 1.4 }],
  },
];
