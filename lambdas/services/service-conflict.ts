import { ConflictError } from '../shared/errors.ts';

/** The error of a service that another origin declares. */
export const serviceConflict = (id: string): ConflictError =>
  new ConflictError([{ field: 'id', rule: 'origin', message: `the service ${id} is declared elsewhere` }]);
