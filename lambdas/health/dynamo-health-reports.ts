import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { reading, writingIf } from '../agents/dynamo-failures.ts';
import { getItem } from '../agents/dynamo-get.ts';
import { keys } from '../agents/dynamo-items.ts';
import type { CheckKind } from './contract.ts';
import type { HealthReports, Override, RoundReport, SweepReport } from './health-report.ts';

/** Only the round before may be replaced; the first one there must not be. */
function following(previous: number): Partial<PutCommandInput> {
  if (previous <= 0) {
    return { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': 'pk' } };
  }
  return {
    ConditionExpression: '#round = :previous',
    ExpressionAttributeNames: { '#round': 'round' },
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
    return writingIf(() =>
      this.#client.send(new PutCommand({ ...this.#put(kind, report), ...following(report.round - 1) })),
    );
  }

  sweep(): Promise<SweepReport | undefined> {
    return this.#load<SweepReport>('sweep');
  }

  async saveSweep(report: SweepReport): Promise<void> {
    await reading(() => this.#client.send(new PutCommand(this.#put('sweep', report))));
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
