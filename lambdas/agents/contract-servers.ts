import type { FieldError } from '../shared/errors.ts';
import { readMcpServers, readServerPatch } from './mcp-servers.ts';
import { isObject, type Json } from './merge.ts';

const DEFINITIONS = 'config.mcpServerDefinitions';

/**
 * A `config` whose MCP servers are as the registry keeps them: `mcpServers` a list of names, `mcpServerDefinitions` without
 * credentials. It may be part of a merge patch: `null` deletes and so stays, in a definition too, and what it does not
 * speak of stays away.
 *
 * @param errors gets what cannot be read, by its field and never by what stands in it
 */
export function withContractServers(config: Json, errors: FieldError[]): Json {
  const { mcpServers, mcpServerDefinitions, ...rest } = config;
  if (mcpServers === undefined && mcpServerDefinitions === undefined) return config;
  const named = readMcpServers(mcpServers);
  if (named.unread > 0) {
    errors.push({ field: 'config.mcpServers', rule: 'type', message: 'must hold names, or names with definitions' });
  }
  const beside = isObject(mcpServerDefinitions) ? readServerPatch(mcpServerDefinitions) : undefined;
  if (beside === undefined ? mcpServerDefinitions != null : beside.unread > 0) {
    errors.push({ field: DEFINITIONS, rule: 'type', message: 'must hold definitions by the names of their servers' });
  }
  for (const { name, ...wrong } of beside?.noAddresses ?? [])
    errors.push({ field: `${DEFINITIONS}.${name}.url`, ...wrong });
  const definitions = { ...beside?.definitions, ...named.mcpServerDefinitions };
  return {
    ...rest,
    ...(mcpServers !== undefined && { mcpServers: mcpServers === null ? null : named.mcpServers }),
    ...(mcpServerDefinitions === null && { mcpServerDefinitions }),
    ...(Object.keys(definitions).length > 0 && { mcpServerDefinitions: definitions }),
  };
}
