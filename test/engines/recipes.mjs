// SPDX-License-Identifier: Apache-2.0
/** The recipes for GNU parallel (here, and over ssh to this machine) and for Snakemake. Run as root: it starts an sshd of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { assertSame, prepare, RECIPES, run, say } from './common.mjs';

const folder = prepare(120);
const list = join(folder, 'list.txt');
const PORT = '16830';
let sshd = null;
try {
  run('sh', join(RECIPES, 'parallel.sh'), '3', list, join(folder, 'here'), '--jobs', '2');
  say(`GNU parallel: 3 shards here; ${assertSame(folder, join(folder, 'here/result'))} tables as of one run`);

  const ssh = join(folder, 'ssh');
  mkdirSync(ssh, { mode: 0o700 });
  for (const name of ['host', 'user'])
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(ssh, name));
  writeFileSync(join(ssh, 'allowed'), readFileSync(join(ssh, 'user.pub')), { mode: 0o600 });
  mkdirSync('/run/sshd', { recursive: true });
  sshd = spawn(
    '/usr/sbin/sshd',
    ['-D', '-e', '-f', '/dev/null', '-p', PORT, '-h', join(ssh, 'host'), '-o', 'ListenAddress=127.0.0.1']
      .concat(['-o', `AuthorizedKeysFile=${ssh}/allowed`, '-o', 'StrictModes=no', '-o', 'PidFile=none'])
      .concat(['-o', `SetEnv=PATH=${process.env.PATH}`]),
    { stdio: 'ignore' },
  );
  await wait(1000);
  const options = `-p ${PORT} -i ${ssh}/user -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR`;
  run(
    'sh',
    join(RECIPES, 'parallel.sh'),
    '3',
    list,
    join(folder, 'far'),
    '--sshlogin',
    `2/ssh ${options} 127.0.0.1`,
  );
  const hosts = readFileSync(join(folder, 'far/log.tsv'), 'utf8').split('\n').slice(1, 4);
  if (hosts.some((line) => line.split('\t')[1] === ':')) throw new Error('it ran here, not over ssh');
  say(
    `GNU parallel --sshlogin: 3 shards over ssh; ${assertSame(folder, join(folder, 'far/result'))} tables as of one run`,
  );

  const config = [`list=${list}`, `out=${join(folder, 'snake')}`, 'shards=3'];
  const snake = () =>
    run(
      'snakemake',
      '--snakefile',
      join(RECIPES, 'Snakefile'),
      '--directory',
      folder,
      '--cores',
      '2',
      '--config',
      ...config,
    );
  snake();
  say(`Snakemake: 3 shards; ${assertSame(folder, join(folder, 'snake/result'))} tables as of one run`);
  // What was done is kept where one shard has to be done again.
  rmSync(join(folder, 'snake/done/2'));
  snake();
  say(
    `Snakemake: again for one shard; ${assertSame(folder, join(folder, 'snake/result'))} tables as of one run`,
  );
} finally {
  sshd?.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
