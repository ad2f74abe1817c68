// SPDX-License-Identifier: Apache-2.0
/**
 * What is measured: modwaste, and beside it programs that do a part of the same work on the same files. `$` names an
 * input of generate.mjs, OUT a folder for results; each command is one shell line.
 */

const WANTED = "'module_(load|request|free)|finit_module'";
const IN_LOGS = "'Linux version|module|insert'";
const phaseWaste = (input) => `modwaste query phase-waste --format csv ${input}`;
const batch = (input, jobs = 1) => `modwaste batch --jobs ${jobs} --quiet --force --out OUT ${input}`;

/**
 * `per` is how many cases of the input share the time at scale 1; `repeat` runs a short command so often in each round.
 * An aim: the figure of modwaste at most `most`, as a multiple of a peer's or another row's where `of` names one, else
 * for each of `per`. `cpu` and `wall` are seconds, `rss` MiB.
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
      { figure: 'cpu', most: 0.8 },
      { figure: 'cpu', of: 'gawk', most: 1 },
      { figure: 'rss', most: 120 },
    ],
  },
  {
    name: 'trace-4x',
    title: '4 GB trace to `query phase-waste`',
    modwaste: phaseWaste('$trace-4x'),
    peers: { rg: `rg -c ${WANTED} $trace-4x` },
    aims: [{ figure: 'rss', of: 'trace', most: 1.1 }],
    /** What each further GB costs, by the difference to another row. */
    beyond: { name: 'trace', times: 3, of: 'rg', cpu: 3 },
  },
  {
    name: 'real-logs',
    title: '5,000 variants of real logs, `batch --jobs 1`',
    modwaste: batch('$real-logs'),
    peers: { rg: `rg -c ${IN_LOGS} $real-logs` },
    per: 5000,
    aims: [
      { figure: 'cpu', most: 0.002 },
      { figure: 'rss', most: 200 },
    ],
  },
  {
    name: 'real-logs-jobs-2',
    title: 'the same, `--jobs 2`',
    modwaste: batch('$real-logs', 2),
    peers: {},
    aims: [{ figure: 'wall', of: 'real-logs', most: 1 / 1.85 }],
  },
  {
    name: 'logs',
    title: '5,000 logs of 80 KB, `batch --jobs 1`',
    modwaste: batch('$logs'),
    peers: { rg: `rg -c ${IN_LOGS} $logs` },
    per: 5000,
    aims: [
      { figure: 'cpu', most: 0.001 },
      { figure: 'rss', most: 200 },
    ],
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
    name: 'syslog',
    title: '50 MB of syslog to `query autoload`',
    modwaste: 'modwaste query autoload --format csv $syslog',
    peers: { rg: `rg -c ${IN_LOGS} $syslog` },
    aims: [],
  },
  {
    name: 'modules',
    title: '1 M module events, `analyze`',
    modwaste: 'modwaste analyze $modules',
    peers: {},
    aims: [
      { figure: 'cpu', most: 4 },
      { figure: 'rss', most: 300 },
    ],
  },
  {
    name: 'modules-export',
    title: 'the same, all tables and canned queries (`export`)',
    modwaste: 'modwaste export --quiet --force --out OUT $modules',
    peers: {},
    aims: [
      { figure: 'cpu', most: 7 },
      { figure: 'rss', most: 400 },
    ],
  },
  {
    name: 'modules-200k',
    title: '200,000 module events, `analyze`',
    modwaste: 'modwaste analyze $modules-200k',
    peers: {},
    aims: [],
  },
  {
    name: 'modules-200k-html',
    title: 'the same, `analyze --html`',
    modwaste: 'modwaste analyze --quiet --html OUT $modules-200k',
    peers: {},
    aims: [{ figure: 'cpu', of: 'modules-200k', most: 1.3 }],
  },
  {
    name: 'sosreport',
    title: '`analyze` of a sosreport with 78,000 files, as a directory',
    modwaste: 'modwaste analyze $sosreport',
    peers: {},
    aims: [{ figure: 'rss', most: 250 }],
  },
  {
    name: 'sosreport-tar-xz',
    title: 'the same as tar.xz',
    modwaste: 'modwaste analyze $sosreport.tar.xz',
    peers: { 'xz -dc': 'xz -dc $sosreport.tar.xz' },
    aims: [
      { figure: 'cpu', of: 'xz -dc', most: 1.6 },
      { figure: 'rss', most: 250 },
    ],
  },
  {
    name: 'one-log',
    title: '`analyze` of one 80 KB log',
    modwaste: 'modwaste analyze $boot.log',
    peers: {},
    repeat: 5,
    aims: [{ figure: 'wall', most: 0.25 }],
  },
  ...['--help', '--version', 'queries'].map((command) => ({
    name: command.replace('--', ''),
    title: `\`${command}\``,
    modwaste: `modwaste ${command}`,
    peers: { node: 'node -e 0' },
    repeat: 20,
    aims: [{ figure: 'cpu', of: 'node', most: 1.2 }],
  })),
];
