import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Tells whether a value is what one of our schemas says, as those who are given the schema would. */
export function schemaValidator(schema: object): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return true;
    throw new Error(ajv.errorsText(validate.errors));
  };
}
