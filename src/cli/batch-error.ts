// SPDX-License-Identifier: Apache-2.0
/** Turns a BatchError into a UserError. */
import { BatchError } from '../batch/case.js';
import { UserError } from './errors.js';

export function asUserError(error: unknown): unknown {
  return error instanceof BatchError ? new UserError(error.message, error.advice) : error;
}
