// SPDX-License-Identifier: Apache-2.0
interface Locked {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Shipped extends Locked {
  readonly license: string;
  readonly text: string;
}

interface BillOfMaterials {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly { readonly name: string; readonly version: string }[];
}

export const PERMISSIVE: ReadonlySet<string>;
export function lockedPackages(): Locked[];
export function shippedPackages(bundled?: readonly string[]): Shipped[];
export function thirdParty(packages: readonly Shipped[]): string;
export function billOfMaterials(packages: readonly Shipped[]): BillOfMaterials;
