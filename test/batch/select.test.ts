// SPDX-License-Identifier: Apache-2.0
/** The shard of a run: as the user says, or as the environment of an array job does. */
import { describe, expect, it } from 'vitest';
import { parsePart } from '../../src/batch/select.js';

describe('a shard', () => {
  it.each(['', '0/4', '5/4', '1', 'a/b', '1/2/3', 'auto/', '-1/4'])('is not %j', (text) => {
    expect(() => parsePart(text, {})).toThrow('is not a shard');
  });

  it('is the one that is named', () => {
    expect(parsePart('2/16', { SLURM_ARRAY_TASK_ID: '7' })).toEqual({ part: 2, of: 16, from: null });
  });

  const slurm = (id: number, min: number, count: number, step = 1) => ({
    ...{ SLURM_ARRAY_TASK_ID: `${id}`, SLURM_ARRAY_TASK_MIN: `${min}` },
    ...{ SLURM_ARRAY_TASK_COUNT: `${count}`, SLURM_ARRAY_TASK_STEP: `${step}` },
  });
  it.each([
    ['Slurm, from 0', 'auto', slurm(0, 0, 4), 1, 4],
    ['Slurm, from 1', 'auto', slurm(4, 1, 4), 4, 4],
    ['Slurm, by steps', 'auto', slurm(6, 0, 4, 2), 4, 4],
    ['Slurm, one task submitted again', 'auto/16', slurm(3, 3, 1), 4, 16],
    ['Kubernetes', 'auto', { JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '8' }, 1, 8],
    ['Kubernetes, with the number', 'auto/8', { JOB_COMPLETION_INDEX: '7' }, 8, 8],
    ['AWS', 'auto', { AWS_BATCH_JOB_ARRAY_INDEX: '2', AWS_BATCH_JOB_ARRAY_SIZE: '3' }, 3, 3],
  ])('is that of an array job: %s', (_, text, env, part, of) => {
    expect(parsePart(text, env)).toMatchObject({ part, of, from: expect.stringMatching(/^[A-Z_]+=\d+$/) });
  });

  it.each([
    ['no array job', 'auto', {}, 'no array job has set its index'],
    ['a part of an array', 'auto', slurm(3, 3, 1), 'SLURM_ARRAY_TASK_ID=3 is not a shard of 1'],
    ['an array with gaps', 'auto', slurm(9, 0, 3), 'SLURM_ARRAY_TASK_ID=9 is not a shard of 3'],
    ['an unknown number', 'auto', { JOB_COMPLETION_INDEX: '0' }, 'JOB_COMPLETIONS is not set'],
    [
      'an index beyond',
      'auto/2',
      { JOB_COMPLETION_INDEX: '2' },
      'JOB_COMPLETION_INDEX=2 is not a shard of 2',
    ],
    [
      'no number',
      'auto',
      { AWS_BATCH_JOB_ARRAY_INDEX: 'x', AWS_BATCH_JOB_ARRAY_SIZE: '3' },
      'is not a shard of 3',
    ],
  ])('is refused: %s', (_, text, env, message) => {
    expect(() => parsePart(text, env)).toThrow(message);
  });
});
