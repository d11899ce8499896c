import { type Static, Type } from 'typebox';
import { ServiceDocument } from './service-document.ts';

/** A service as callers see it. */
export const Service = Type.Object(
  {
    ...ServiceDocument.properties,
    origin: Type.String({ description: 'Who declares it, such as a bucket key.' }),
    updatedAt: Type.String({ format: 'date-time' }),
  },
  { title: 'Service', additionalProperties: false },
);
export type Service = Static<typeof Service>;

/** One page of the list. */
export const ServicePage = Type.Object(
  {
    services: Type.Array(Service),
    nextCursor: Type.Optional(Type.String({ description: 'Absent on the last page.' })),
  },
  { title: 'ServicePage', additionalProperties: false },
);
export type ServicePage = Static<typeof ServicePage>;
