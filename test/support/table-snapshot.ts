import { normaliseName } from '../../lambdas/agents/agent-name.ts';
import type { Head, Source } from '../../lambdas/agents/agent-record.ts';
import type { Change } from '../../lambdas/agents/change.ts';

/** Everything that a registry table holds, whatever it is kept in. */
export interface TableSnapshot {
  readonly heads: readonly Head[];
  readonly layers: readonly { readonly agentId: string; readonly source: Source }[];
  /** Normalised names with their holders. */
  readonly names: readonly { readonly name: string; readonly agentId: string }[];
  /** Where living agents keep their beats, and of which life. */
  readonly beats: readonly { readonly agentId: string; readonly incarnation: string }[];
  readonly changes: readonly Change[];
  /** Answers kept under an `Idempotency-Key`. */
  readonly outcomes: number;
  /** Keys of items that are none of the above. */
  readonly others: readonly string[];
}

const revisionsOf = ({ changes }: TableSnapshot, agentId: string): Change[] =>
  changes.filter((change) => change.agentId === agentId).sort((a, b) => a.revision - b.revision);

function flawsOfLog(head: Head, snapshot: TableSnapshot): string[] {
  const log = revisionsOf(snapshot, head.id);
  const expected = Array.from({ length: head.revision }, (_, n) => n + 1);
  const flaws: string[] = [];
  if (log.map(({ revision }) => revision).join() !== expected.join()) {
    flaws.push(`${head.id} is at revision ${head.revision}, its log holds ${log.map(({ revision }) => revision)}`);
  }
  if ((log.at(-1)?.type === 'AgentUnregistered') !== head.deleted) {
    flaws.push(`${head.id} is ${head.deleted ? '' : 'not '}deleted, its last change is ${log.at(-1)?.type}`);
  }
  return flaws;
}

function flawsOfBody(head: Head, { layers, names, beats }: TableSnapshot): string[] {
  const layerCount = layers.filter(({ agentId }) => agentId === head.id).length;
  const held = names.filter(({ agentId }) => agentId === head.id).map(({ name }) => name);
  const expected = head.deleted ? [] : [normaliseName(head.name)];
  const lives = beats.filter(({ agentId }) => agentId === head.id).map(({ incarnation }) => incarnation);
  const flaws: string[] = [];
  if (lives.join() !== (head.deleted ? '' : head.incarnation)) {
    flaws.push(`${head.id} lives its ${head.incarnation}, deleted: ${head.deleted}, and beats in [${lives}]`);
  }
  if (layerCount > 0 === head.deleted) flaws.push(`${head.id} has ${layerCount} layers, deleted: ${head.deleted}`);
  if (held.join('\n') !== expected.join('\n')) flaws.push(`${head.id} holds [${held}] and should hold [${expected}]`);
  return flaws;
}

/**
 * What is wrong with a table: revisions that are missing from the log or twice in it, agents without a layer, their
 * name or a place for their beats, names, layers, beats and changes without their agent, and items that nobody knows. Empty for a sound table.
 */
export function flawsOf(snapshot: TableSnapshot): string[] {
  const ids = new Set(snapshot.heads.map(({ id }) => id));
  const orphans = [...snapshot.layers, ...snapshot.names, ...snapshot.beats, ...snapshot.changes].filter(
    ({ agentId }) => !ids.has(agentId),
  );
  return [
    ...snapshot.heads.flatMap((head) => [...flawsOfLog(head, snapshot), ...flawsOfBody(head, snapshot)]),
    ...orphans.map((item) => `nobody is the agent of ${JSON.stringify(item)}`),
    ...snapshot.others.map((key) => `nobody knows the item ${key}`),
  ];
}
