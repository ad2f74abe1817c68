/** A program that is assembled. */
export interface AssembledProgram {
  readonly source: URL;
  /** The module that it becomes. */
  readonly result: URL;
  /** What that exports. */
  readonly name: string;
}
export const PROGRAMS: readonly AssembledProgram[];
/** The text of the module. */
export function assemble(program: AssembledProgram): Promise<string>;
