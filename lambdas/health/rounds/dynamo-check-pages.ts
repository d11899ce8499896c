import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { writingIf } from '../../agents/dynamo-failures.ts';
import { getItem } from '../../agents/dynamo-get.ts';
import { type Item, keys } from '../../agents/dynamo-items.ts';
import type { CheckResultStore, KeptResults } from '../check-results.ts';
import type { CheckKind } from '../contract.ts';
import type { HealthReports } from '../health-report.ts';
import type { CheckPageStore, PagePlace, StoredPage } from './check-page-store.ts';
import { decodePage, encodePage, pageOf } from './check-pages.ts';

/** Seconds that a page is kept after its last writing: pages of another number are left to themselves. */
const KEPT_SECONDS = 7 * 24 * 60 * 60;

export interface DynamoCheckPagesProps {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  /** They say how many pages there are. */
  readonly reports: Pick<HealthReports, 'round'>;
  /** Told of a page that could not be understood: its agents are as if they had never been checked. */
  readonly onUnusable?: (place: PagePlace, error: unknown) => void;
}

/** Pages of results, each an item: `CHECKS#kind#pages-page`, `PAGE`. */
export class DynamoCheckPages implements CheckPageStore, CheckResultStore {
  readonly #props: DynamoCheckPagesProps;

  constructor(props: DynamoCheckPagesProps) {
    this.#props = props;
  }

  async read(place: PagePlace): Promise<StoredPage | undefined> {
    const { client, table } = this.#props;
    const item = await getItem(client, table, keys.checkPage(place.kind, place.pages, place.page));
    return item && { version: item.version as number, agents: this.#agentsOf(place, item) };
  }

  async write(place: PagePlace, agents: readonly KeptResults[], version: number, now: number): Promise<boolean> {
    const { client, table } = this.#props;
    const item = {
      ...keys.checkPage(place.kind, place.pages, place.page),
      version: version + 1,
      agents: encodePage(agents),
      expiresAt: Math.ceil(now / 1000) + KEPT_SECONDS,
    };
    const put = new PutCommand({
      TableName: table,
      Item: item,
      ConditionExpression: version === 0 ? 'attribute_not_exists(#version)' : '#version = :version',
      ExpressionAttributeNames: { '#version': 'version' },
      ...(version > 0 && { ExpressionAttributeValues: { ':version': version } }),
    });
    return writingIf(() => client.send(put));
  }

  async find(kind: CheckKind, agentId: string): Promise<KeptResults | undefined> {
    const round = await this.#props.reports.round(kind);
    if (round === undefined) return undefined;
    const { pages } = round;
    const stored = await this.read({ kind, pages, page: pageOf(agentId, pages) });
    return stored?.agents.find((kept) => kept.agentId === agentId);
  }

  #agentsOf(place: PagePlace, item: Item): KeptResults[] {
    try {
      return decodePage(place.kind, item.agents as Uint8Array);
    } catch (error) {
      this.#props.onUnusable?.(place, error);
      return [];
    }
  }
}
