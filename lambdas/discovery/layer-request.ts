import { type Static, Type } from 'typebox';
import { Agent } from '../agents/agent-view.ts';
import { closed } from '../agents/schema-parts.ts';
import { ProblemDocument } from '../shared/http/problem-schema.ts';

/** A path or an address: long enough for a bucket's name and a key of 1,024 bytes. One line of text. */
const origin = (description: string) =>
  Type.String({ minLength: 1, maxLength: 2_048, pattern: '^[^\\t\\n\\r]*$', description });

/** Body of `PUT /registry/agents/{id}/layers/filesystem`: what a file says of an agent, and which file. */
export const LayerRequest = Type.Object(
  {
    origin: origin('The file, such as my-repo/.claude/agents/reviewer.md.'),
    movedFrom: Type.Optional(origin('The file as it was called before: the agent follows it under its new name.')),
    document: Type.Unsafe<Readonly<Record<string, unknown>>>({
      type: 'object',
      description: 'An AgentDocument, or the part of one that lies over or under what other sources say.',
    }),
  },
  { ...closed, title: 'LayerRequest' },
);
export type LayerRequest = Static<typeof LayerRequest>;

/** What became of a layer. */
export const LayerAnswer = Type.Object(
  {
    outcome: Type.Enum(['created', 'updated', 'unchanged', 'dismissed'], {
      description: 'dismissed: the agent was deregistered by a call, and this very document does not bring it back.',
    }),
    agent: Type.Union([Agent, Type.Null()], { description: 'As it is with the layer; null when dismissed.' }),
    warnings: Type.Array(ProblemDocument.properties.errors.items, {
      description: 'What is served but should be mended.',
    }),
  },
  { ...closed, title: 'LayerAnswer' },
);
export type LayerAnswer = Static<typeof LayerAnswer>;
