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

/** The median of what each round gives. */
const ratio = (rounds, figure, peer) =>
  middle(rounds.map((round) => round.modwaste[figure] / round[peer][figure]));

const met = (value, most) => (value <= most ? 'met' : 'NOT met');

function aimsOf({ rounds, aims }, scale) {
  return aims.flatMap(({ figure, of, most }) => {
    if (of === undefined) {
      const value = median(rounds).modwaste[figure];
      // Sizes that grow with the inputs say nothing at another scale.
      if (figure === 'wall' && most > 1 && scale !== 1) return [];
      return [`${figure} ${value.toFixed(2)}, aim ${most.toFixed(1)}: ${met(value, most)}`];
    }
    if (!(of in (rounds[0] ?? {}))) return [];
    const value = ratio(rounds, figure, of);
    return [`${figure} ${value.toFixed(2)} x ${of}, aim ${most}: ${met(value, most)}`];
  });
}

/** What each further part of a larger input costs. */
function beyondOf({ rounds, beyond }, results) {
  const base = beyond && results.find(({ name }) => name === beyond.name);
  if (!base || !(beyond.of in (rounds[0] ?? {}))) return [];
  const more = (name, index) => (rounds[index][name].cpu - base.rounds[index][name].cpu) / beyond.times;
  const cpu = middle(rounds.map((_, index) => more('modwaste', index) / more(beyond.of, index)));
  const rss = median(rounds).modwaste.rss / median(base.rounds).modwaste.rss;
  return [
    `each further GB: cpu ${cpu.toFixed(2)} x ${beyond.of}, aim ${beyond.cpu}: ${met(cpu, beyond.cpu)}`,
    `rss ${rss.toFixed(2)} x that of 1 GB, aim ${beyond.rss}: ${met(rss, beyond.rss)}`,
  ];
}

export function report(results, scale) {
  const lines = [
    '| work | program | CPU s | wall s | peak MiB | CPU, modwaste : it |',
    '|---|---|---:|---:|---:|---:|',
  ];
  const aims = [];
  for (const result of results) {
    const medians = median(result.rounds);
    for (const [name, { cpu, wall, rss }] of Object.entries(medians)) {
      const work = name === 'modwaste' ? result.title : '';
      const times = name === 'modwaste' ? '' : ratio(result.rounds, 'cpu', name).toFixed(2);
      lines.push(
        `| ${work} | ${name} | ${cpu.toFixed(2)} | ${wall.toFixed(2)} | ${rss.toFixed(0)} | ${times} |`,
      );
    }
    for (const said of [...aimsOf(result, scale), ...beyondOf(result, results)])
      aims.push(`- ${result.title}: ${said}`);
  }
  return [...lines, '', ...aims].join('\n');
}
