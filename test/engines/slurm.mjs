// SPDX-License-Identifier: Apache-2.0
/**
 * The Slurm recipe on Debian's slurm-wlm, as root: munge, slurmctld and two slurmd on this machine. A task is requeued, a node is
 * drained, the other dies with its task; the result is that of one run.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { assertSame, prepare, RECIPES, run, say } from './common.mjs';

const TASKS = 6;
const NODES = ['n1', 'n2'];
const folder = prepare(Number(process.argv[2] ?? 1500));
const state = join(folder, 'slurm');
mkdirSync(state);
const host = hostname().split('.')[0];
writeFileSync(
  join(state, 'slurm.conf'),
  `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
SlurmctldPort=16817
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SlurmdTimeout=10
KillWait=5
MinJobAge=3600
SchedulerType=sched/backfill
SelectType=select/cons_tres
StateSaveLocation=${state}/ctld
SlurmctldPidFile=${state}/ctld.pid
SlurmctldLogFile=${state}/ctld.log
SlurmdSpoolDir=${state}/spool-%n
SlurmdPidFile=${state}/%n.pid
SlurmdLogFile=${state}/%n.log
${NODES.map((node, index) => `NodeName=${node} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${16820 + index} CPUs=1`).join('\n')}
PartitionName=all Nodes=${NODES.join(',')} Default=YES State=UP
`,
);
process.env.SLURM_CONF = join(state, 'slurm.conf');

const daemons = new Map();
function start(name, command, ...argv) {
  daemons.set(name, spawn(command, argv, { stdio: 'ignore' }));
}

/** Empty where the process has ended. */
function textOf(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

/** Processes whose environment has the text: those of a task, whoever started them. */
const pidsWith = (text) =>
  readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && textOf(pid, 'environ').includes(text));
const parentOf = (pid) => /^PPid:\t(\d+)/m.exec(textOf(pid, 'status'))?.[1] ?? '';

async function until(what, is, seconds = 300) {
  for (const end = Date.now() + seconds * 1000; !is(); await wait(200))
    assert.ok(Date.now() < end, `never: ${what}`);
}

const squeue = (...argv) =>
  run('squeue', '-h', ...argv)
    .split('\n')
    .filter(Boolean);
const stateOf = (node) => run('sinfo', '-h', '-n', node, '-o', '%T');
/** Task -> its node, of those that run and have results. */
const running = () =>
  squeue('-t', 'R', '-n', 'modwaste', '-o', '%K %N')
    .map((line) => line.split(' '))
    .filter(([task]) => existsSync(join(folder, `out/shard-${task}/.modwaste/results/000001.seg`)));

try {
  // Its key and its socket, apart from those of the machine.
  for (const name of ['munge', 'ctld', ...NODES.map((node) => `spool-${node}`)])
    mkdirSync(join(state, name), { mode: 0o755 });
  const socket = join(state, 'munge/socket');
  run('mungekey', '--create', `--keyfile=${state}/munge/key`);
  const own = ['key-file', 'pid-file', 'log-file', 'seed-file'].map(
    (name) => `--${name}=${state}/munge/${name.slice(0, -5)}`,
  );
  start('munged', 'munged', '-F', '-f', `--socket=${socket}`, ...own);
  await until('munge', () => existsSync(socket));
  const text = readFileSync(process.env.SLURM_CONF, 'utf8');
  writeFileSync(
    process.env.SLURM_CONF,
    text.replace('AuthType=auth/munge', `AuthType=auth/munge\nAuthInfo=socket=${socket}`),
  );
  start('slurmctld', 'slurmctld', '-D');
  for (const node of NODES) start(node, 'slurmd', '-D', '-N', node);
  await until('idle nodes', () => NODES.every((node) => stateOf(node) === 'idle'));
  say(`two nodes are idle; Slurm ${run('sinfo', '--version').split(' ')[1]}`);

  const merge = run(
    'sh',
    join(RECIPES, 'slurm.sh'),
    String(TASKS),
    join(folder, 'list.txt'),
    join(folder, 'out'),
  );
  say(`an array of ${TASKS} tasks is queued, and a job that waits for it`);

  await until('a task runs', () => running().length > 0);
  const [[first]] = running();
  run('scontrol', 'requeue', `${squeue('-n', 'modwaste', '-o', '%F')[0]}_${first}`);
  say(`task ${first} is requeued while it reads`);

  await until('a task on n1', () => running().some(([, node]) => node === 'n1'));
  run('scontrol', 'update', 'nodename=n1', 'state=drain', 'reason=test');
  const drained = running().find(([, node]) => node === 'n1')?.[0];
  say(`node n1 is drained; task ${drained} on it ends`);

  await until('a task on n2', () => running().some(([task, node]) => node === 'n2' && task !== first));
  const lost = running().find(([, node]) => node === 'n2')?.[0];
  daemons.get('n2').kill('SIGKILL');
  const victims = pidsWith('SLURMD_NODENAME=n2');
  // First what would tell of the others' end.
  const parents = victims.map(parentOf).filter((pid) => textOf(pid, 'cmdline').startsWith('slurmstepd'));
  for (const pid of new Set([...parents, ...victims])) process.kill(Number(pid), 'SIGKILL');
  say(`node n2 dies with task ${lost}`);
  await until('n2 is down', () => stateOf('n2').startsWith('down'));
  say(`Slurm sees that n2 is down; task ${lost} is requeued`);
  run('scontrol', 'update', 'nodename=n1', 'state=resume');
  start('n2', 'slurmd', '-D', '-N', 'n2');
  await until('n2 is back', () => !stateOf('n2').startsWith('down'));
  say('n1 takes tasks again, and n2 is back');

  await until('the merge has ended', () => squeue('-j', merge).length === 0, 600);
  const ended = run('scontrol', 'show', 'job', merge);
  assert.match(ended, /JobState=COMPLETED/);
  const restarts = run('scontrol', 'show', 'job', squeue('-t', 'all', '-n', 'modwaste', '-o', '%F')[0] ?? '')
    .split('\n\n')
    .map((job) => [/ArrayTaskId=(\d+)/.exec(job)?.[1], Number(/Restarts=(\d+)/.exec(job)?.[1])]);
  say(
    `all tasks are done; restarts by task: ${restarts
      .map(([task, count]) => `${task}: ${count}`)
      .sort()
      .join(', ')}`,
  );
  for (const task of [first, lost]) {
    const log = readFileSync(join(folder, `out/log/${task}.txt`), 'utf8');
    const reused = /(\d+) of them unchanged/.exec(log)?.[1];
    assert.ok(reused, `task ${task} did not go on where it was`);
    say(`task ${task} went on: ${reused} of its cases were not read again`);
  }
  say(`${assertSame(folder, join(folder, 'out/result'))} tables are byte for byte those of one run`);
} finally {
  for (const daemon of [...daemons.values()].reverse()) daemon.kill('SIGTERM');
  await wait(1500);
  for (const pid of pidsWith(folder)) if (Number(pid) !== process.pid) process.kill(Number(pid), 'SIGKILL');
  if (!process.env.KEEP) rmSync(folder, { recursive: true, force: true });
}
