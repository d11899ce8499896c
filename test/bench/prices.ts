/**
 * List prices in US dollars, us-east-1, on demand, without the free tier: carried over from AWS's price pages as known in
 * November 2026. Put your region's in their place to have your own figures.
 */
export const PRICES = {
  /** DynamoDB, per million units. */
  writeUnits: 0.625,
  readUnits: 0.125,
  /** DynamoDB, per GB and month: storage, and point-in-time recovery. */
  storage: 0.25,
  recovery: 0.2,
  /** Lambda on arm64: per million requests, and per GB-second. */
  invocations: 0.2,
  gigabyteSeconds: 0.0000133334,
  /** HTTP API, per million requests. */
  requests: 1.0,
  /** EventBridge, per million custom events. */
  events: 1.0,
  /** CloudWatch: per alarm and month, per custom metric and month, per GB of logs. */
  alarm: 0.1,
  metric: 0.3,
  logs: 0.5,
  /** SQS, per million requests: a long poll that finds nothing is one. */
  queueRequests: 0.4,
  /** S3: per thousand PUTs or LISTs, per thousand GETs, per GB and month. */
  puts: 0.005,
  gets: 0.0004,
  objects: 0.023,
} as const;
