// SPDX-License-Identifier: Apache-2.0
/** The sentence that a boot comes down to, with names that lead to their evidence. */

import type { Cite } from '../../../accounting/model.js';
import { type Lead, type Piece, sentence } from '../../answer/sentence.js';
import { grouped } from '../../cell.js';
import { h, type Markup } from '../markup.js';
import { truncated } from './table.js';
import type { BootParts } from './tables.js';

/** Characters of a name in the verdict; a kernel's are at most 55. */
const MOST_NAME = 60;

export function verdict(parts: BootParts): Markup[] {
  return sentence(parts.facts.verdict).map((piece) => markup(piece, parts));
}

function markup(piece: Piece, parts: BootParts): Markup {
  if (typeof piece === 'string') return piece;
  const { strong, lead, exact } = piece;
  if (!lead) return h('b', { title: exact === undefined ? null : `${grouped(exact)} bytes` }, strong);
  const cite = placeOf(lead, parts);
  const text = truncated(strong, MOST_NAME);
  return h('b', cite === null ? text : parts.book.link(cite, text));
}

/** The most expensive line behind a name. */
function placeOf(lead: Lead, { places }: BootParts): Cite | null {
  switch (lead.to) {
    case 'module':
      return lead.of === 'duplicates'
        ? (places.duplicate(lead.module) ?? places.listed(lead.module))
        : places.failure(lead.module);
    case 'requester': {
      const { requester, comm, callSite } = lead.requester;
      return places.requester(requester, comm, callSite);
    }
  }
}
