import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Change, HeadList } from '../../lambdas/agents/change.ts';
import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import { DynamoChangeLog } from '../../lambdas/agents/dynamo-change-log.ts';
import { changeItem, type Item } from '../../lambdas/agents/dynamo-items.ts';
import { CLOCK_AHEAD_MS, LATE_COMMIT_MS } from '../../lambdas/capability/index-copy.ts';
import { WarmIndex } from '../../lambdas/capability/warm-index.ts';
import { createUlidFactory } from '../../lambdas/shared/ids.ts';
import { type CapacityMeter, KILOBYTE_PER_UNIT } from './capacity-meter.ts';
