// SPDX-License-Identifier: Apache-2.0
/** The figures of all rounds as a Markdown table, with the aims. */

const middle = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Command -> the median of each figure. */
export function median(rounds) {
  const figures = (name) =>
    Object.fromEntries(
      ['cpu', 'wall', 'rss'].map((figure) => [figure, middle(rounds.map((round) => round[name][figure]))]),
    );
  return Object.fromEntries(Object.keys(rounds[0] ?? {}).map((name) => [name, figures(name)]));
}

/** The median of what each round gives, where both programs were measured. */
function ratio(above, below, figure) {
  return middle(
    above.rounds.map((round, at) => round[above.of][figure] / below.rounds[at][below.of][figure]),
  );
}

const met = (value, most) => (value <= most ? 'met' : 'NOT met');
const aim = (figure, value, unit, most) =>
  `${figure} ${value.toPrecision(3)}${unit}, aim ${Number(most.toPrecision(3))}: ${met(value, most)}`;

/** Whether what `build` takes meets the aims of a row. */
function aimsOf({ rounds, aims, per }, results, build, scale) {
  return aims.flatMap(({ figure, of, most }) => {
    if (of === undefined) {
      const value = median(rounds)[build][figure];
      // Whole times grow with the inputs.
      if (figure === 'rss') return [aim(figure, value, ' MiB', most)];
      if (per) return [aim(figure, (value / per / scale) * 1000, ' ms for each', most * 1000)];
      return most < 1 || scale === 1 ? [aim(figure, value, ' s', most)] : [];
    }
    const row = results.find(({ name }) => name === of);
    if (!row && !(of in (rounds[0] ?? {}))) return [];
    const below = row ? { rounds: row.rounds, of: build } : { rounds, of };
    return [aim(figure, ratio({ rounds, of: build }, below, figure), ` x ${of}`, most)];
  });
}

/** What each further part of a larger input costs. */
function beyondOf({ rounds, beyond }, results, build) {
  const base = beyond && results.find(({ name }) => name === beyond.name);
  if (!base || !(beyond.of in (rounds[0] ?? {}))) return [];
  const more = (name, index) => (rounds[index][name].cpu - base.rounds[index][name].cpu) / beyond.times;
  const cpu = middle(rounds.map((_, index) => more(build, index) / more(beyond.of, index)));
  return [aim('cpu of each further GB', cpu, ` x ${beyond.of}`, beyond.cpu)];
}

/** All medians beside those of `build`, and its aims. */
export function report(results, build, scale) {
  const lines = [
    `| work | program | CPU s | wall s | peak MiB | CPU, ${build} : it |`,
    '|---|---|---:|---:|---:|---:|',
  ];
  const aims = [];
  for (const result of results) {
    const { rounds } = result;
    const medians = Object.entries(median(rounds));
    for (const [index, [name, { cpu, wall, rss }]] of medians.entries()) {
      const work = index === 0 ? result.title : '';
      const times =
        name === build ? '' : ratio({ rounds, of: build }, { rounds, of: name }, 'cpu').toFixed(2);
      lines.push(
        `| ${work} | ${name} | ${cpu.toFixed(3)} | ${wall.toFixed(3)} | ${rss.toFixed(0)} | ${times} |`,
      );
    }
    const said = [...aimsOf(result, results, build, scale), ...beyondOf(result, results, build)];
    aims.push(...said.map((text) => `- ${result.title}: ${text}`));
  }
  return [...lines, '', ...aims].join('\n');
}
