import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { reading, writingIf } from '../agents/dynamo-failures.ts';
import { getItem } from '../agents/dynamo-get.ts';
import { keys } from '../agents/dynamo-items.ts';
import type { CheckKind } from './contract.ts';
import type { HealthReports, Override, RoundReport, SweepReport } from './health-report.ts';

/** Only the report that is followed may be replaced, told by one of its numbers; the first one finds none. */
function following(field: 'round' | 'at', previous: number | undefined): Partial<PutCommandInput> {
  if (previous === undefined) {
    return { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': 'pk' } };
  }
  return {
    ConditionExpression: '#field = :previous',
    ExpressionAttributeNames: { '#field': field },
    ExpressionAttributeValues: { ':previous': previous },
  };
}

/** What the monitor tells of itself, as single small items of the registry table. */
export class DynamoHealthReports implements HealthReports {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  round(kind: CheckKind): Promise<RoundReport | undefined> {
    return this.#load<RoundReport>(kind);
  }

  saveRound(kind: CheckKind, report: RoundReport): Promise<boolean> {
    const previous = report.round > 1 ? report.round - 1 : undefined;
    return this.#replace(kind, report, following('round', previous));
  }

  sweep(): Promise<SweepReport | undefined> {
    return this.#load<SweepReport>('sweep');
  }

  saveSweep(report: SweepReport, after: number | undefined): Promise<boolean> {
    return this.#replace('sweep', report, following('at', after));
  }

  async override(now: number): Promise<Override | undefined> {
    const override = await this.#load<Override>('override');
    return override && override.until > now ? override : undefined;
  }

  async saveOverride(override: Override | undefined): Promise<void> {
    if (override) await reading(() => this.#client.send(new PutCommand(this.#put('override', override))));
    else
      await reading(() => this.#client.send(new DeleteCommand({ TableName: this.#table, Key: this.#key('override') })));
  }

  #replace(name: string, report: object, condition: Partial<PutCommandInput>): Promise<boolean> {
    return writingIf(() => this.#client.send(new PutCommand({ ...this.#put(name, report), ...condition })));
  }

  async #load<Report extends object>(name: string): Promise<Report | undefined> {
    const item = await getItem(this.#client, this.#table, this.#key(name));
    if (item === undefined) return undefined;
    const { pk: _pk, sk: _sk, ...report } = item;
    return report as Report;
  }

  #put(name: string, report: object) {
    return { TableName: this.#table, Item: { ...this.#key(name), ...report } };
  }

  #key(name: string) {
    return keys.registry(`HEALTH#${name}`);
  }
}
