// SPDX-License-Identifier: Apache-2.0
/** The script of a thread, out of a block of the page. */
import { blockBytes } from './blocks.js';
import { gunzip } from './gunzip.js';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string;
  };
}

/** The address as one that may name a script; `policy` is the one that the page allows to do so, and can be made once. */
export function trustedUrl(url: string, policy: string): string {
  const { trustedTypes } = self as unknown as { trustedTypes?: TrustedTypes };
  return trustedTypes?.createPolicy(policy, { createScriptURL: () => url }).createScriptURL(url) ?? url;
}

export async function threadUrl(block: string, policy: string): Promise<string> {
  const text = await gunzip(blockBytes(block)).text();
  return trustedUrl(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })), policy);
}
