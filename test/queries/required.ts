// SPDX-License-Identifier: Apache-2.0
/** Values for parameters of canned queries that have no default, for tests that run all queries. */
import type { Query } from '../../src/query/head.js';

const VALUES: Readonly<Record<string, string>> = { name: 'lab-big', cpus: '64' };

export function required({ params }: Query): ReadonlyMap<string, string> {
  const names = params.filter(({ defaultText }) => defaultText === null).map(({ name }) => name);
  return new Map(names.map((name) => [name, VALUES[name] ?? '1']));
}
