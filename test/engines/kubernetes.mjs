// SPDX-License-Identifier: Apache-2.0
/**
 * The Kubernetes manifest: valid for the schema of the API (the package kubernetes-models, installed for the occasion), and its
 * arguments run with the environment that the Job's controller sets, as its user and with a read-only root. Run as root.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertSame, prepare, RECIPES, run, say } from './common.mjs';

const tools = mkdtempSync(join(tmpdir(), 'modwaste-k8s-'));
const folder = prepare(60);
try {
  execFileSync('npm', ['install', '--silent', '--prefix', tools, 'kubernetes-models@5', 'yaml@2'], {
    stdio: 'ignore',
  });
  const installed = (path) => import(join(tools, 'node_modules', path));
  const { parse } = await installed('yaml/dist/index.js');
  const { Job } = await installed('kubernetes-models/batch/v1/Job.js');
  const manifest = parse(readFileSync(join(RECIPES, 'kubernetes.yaml'), 'utf8'));
  new Job(manifest).validate();
  assert.throws(() => new Job({ ...manifest, spec: { ...manifest.spec, completions: 'many' } }).validate());
  say('kubernetes.yaml is a Job of batch/v1, by the schema of the API');

  const { spec } = manifest;
  const [container] = spec.template.spec.containers;
  const { completions } = spec;
  const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
  assert.equal(env.JOB_COMPLETIONS, String(completions));
  assert.ok(
    spec.template.spec.securityContext.runAsNonRoot && container.securityContext.readOnlyRootFilesystem,
  );
  const data = join(folder, 'out');
  mkdirSync(data);
  chmodSync(data, 0o777);
  const { runAsUser, runAsGroup } = spec.template.spec.securityContext;
  const user = `setpriv --reuid=${runAsUser} --regid=${runAsGroup} --clear-groups --no-new-privs --bounding-set=-all`;
  const pod = [
    'unshare',
    '-m',
    'sh',
    '-c',
    `mount --bind ${data} ${data} && mount -o remount,bind,ro / && exec ${user} "$@"`,
    'pod',
  ];
  for (let index = 0; index < completions; index++) {
    const argv = container.args.map((word) =>
      word
        .replaceAll('$(JOB_COMPLETION_INDEX)', String(index))
        .replace('/data/out', data)
        .replace('/data/list.txt', join(folder, 'list.txt')),
    );
    execFileSync(pod[0], [...pod.slice(1), 'modwaste', ...argv, '--quiet'], {
      env: { PATH: process.env.PATH, ...env, JOB_COMPLETION_INDEX: String(index) },
      stdio: ['ignore', 'ignore', 'ignore'],
    });
  }
  const shards = Array.from({ length: completions }, (_, index) => join(data, `shard-${index}`));
  run('modwaste', 'batch-merge', ...shards, '--out', join(data, 'result'), '--damaged-ok');
  say(
    `${completions} pods by JOB_COMPLETION_INDEX from 0, user ${runAsUser}, read-only root; ${assertSame(folder, join(data, 'result'))} tables as of one run`,
  );
} finally {
  for (const one of [tools, folder]) rmSync(one, { recursive: true, force: true });
}
