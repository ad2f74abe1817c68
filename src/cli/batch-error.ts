/** What goes wrong with a batch, as an error of the user's. */
import { BatchError } from '../batch/case.js';
import { UserError } from './errors.js';

export function asUserError(error: unknown): unknown {
  return error instanceof BatchError ? new UserError(error.message, error.advice) : error;
}
