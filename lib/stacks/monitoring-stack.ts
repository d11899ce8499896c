import { Stack, type StackProps } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { RegistryAlarms } from '../constructs/registry-alarms.ts';
import { RegistryDashboard } from '../constructs/registry-dashboard.ts';
import { StageMetrics } from '../constructs/stage-metrics.ts';

export interface MonitoringStackProps extends StackProps {
  readonly config: StageConfig;
  readonly api: HttpApi;
}

/** What tells whether the registry is well: one dashboard, and alarms whose headings `RUNBOOK.md` has. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, { config, api, ...props }: MonitoringStackProps) {
    super(scope, id, { ...props, terminationProtection: config.retained });
    const { alarmTopicArn } = config;
    const metrics = new StageMetrics(config, api.apiId);
    const alarms = new RegistryAlarms(this, 'Alarms', {
      config,
      metrics,
      ...(alarmTopicArn && { action: new SnsAction(Topic.fromTopicArn(this, 'Told', alarmTopicArn)) }),
    });
    new RegistryDashboard(this, 'Dashboard', { config, metrics, alarms: alarms.all });
  }
}
