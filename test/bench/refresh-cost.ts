/**
 * What a refresh of a warm index costs, in read units that a real table reports (DynamoDB Local).
 * `node test/bench/refresh-cost.ts [--agents 1000,100000] [--changes 0,1,10,100,1000] [--json]`
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { CapacityMeter } from './capacity-meter.ts';
import { countRefreshUnits, type RefreshUnits } from './refresh-units.ts';
import { withDynamoDbLocal } from './with-dynamodb-local.ts';

const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '1000,100000' },
    changes: { type: 'string', default: '0,1,10,100,1000' },
    json: { type: 'boolean', default: false },
  },
});

const numbers = (text: string): number[] => text.split(',').map(Number);

const HEAD = ['agents', 'changes', 'KB of log', 'read units', 'by size', 'the next refresh', 'a quiet one'];

const line = ({ agents, changes, bytes, refresh, expected, next, quiet }: RefreshUnits): string[] =>
  [agents, changes, (bytes / 1_024).toFixed(1), refresh, expected, next, quiet].map(String);

const rows = await withDynamoDbLocal(async (client) => {
  const metered = { client, meter: new CapacityMeter(client) };
  const counted: RefreshUnits[] = [];
  for (const size of numbers(values.agents)) {
    counted.push(...(await countRefreshUnits(metered, size, numbers(values.changes))));
  }
  return counted;
});

if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  const table = new Table({ head: HEAD, colAligns: HEAD.map(() => 'right'), style: { head: [], border: [] } });
  table.push(...rows.map(line));
  console.log(`${table}`);
}
