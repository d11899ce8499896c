import { Type } from 'typebox';

/** Schema of a problem document (RFC 9457; CONTRACT.md, "Problem"). */
export const ProblemDocument = Type.Object(
  {
    type: Type.String({ description: 'urn:agent-registry:problem:…' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String(),
    instance: Type.String(),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            field: Type.String({ description: 'Dotted path; empty for the document as a whole.' }),
            rule: Type.String(),
            message: Type.String(),
          },
          { additionalProperties: false },
        ),
      ),
    ),
  },
  { title: 'Problem', additionalProperties: false },
);
