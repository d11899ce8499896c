import { toValidator } from '../shared/validator.ts';
import { serviceDocument } from './service-document.generated.ts';
import type { ServiceDocument } from './service-document.ts';

/** Holds a whole document against the schema. Throws ValidationError naming every field that breaks a rule. */
export const validateServiceDocument = toValidator<ServiceDocument>(serviceDocument);
