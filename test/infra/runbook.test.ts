import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { PUBLISHER_TAG } from '../../lib/constructs/lifecycle-bus.ts';
import { ofType, permissionsOf, synthesise } from '../support/template.ts';

const runbook = readFileSync('RUNBOOK.md', 'utf8');

/** The text of a section, by its heading of level two. */
function section(heading: string): string {
  const text = runbook.split(/^## /m).find((one) => one.startsWith(`${heading}\n`));
  if (text === undefined) throw new Error(`The runbook has no section "${heading}".`);
  return text;
}

/** What the runbook says of each alarm, by its heading. */
const entries = (): Map<string, string> =>
  new Map(
    section('Alarms')
      .split(/^### /m)
      .slice(1)
      .map((entry) => [entry.slice(0, entry.indexOf('\n')), entry]),
  );

const alarmNames = (env: string): string[] =>
  ofType(synthesise({ env }), 'AWS::CloudWatch::Alarm').map(({ Properties }) =>
    Properties.AlarmName.replace(`ai-pa-agent-registry-${env}-`, ''),
  );

/** As the site that shows it makes anchors of headings. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');

describe('the runbook', () => {
  test.each(['dev', 'prod'])('has a heading for each alarm of %s, and none for what is no alarm', (env) => {
    expect([...entries().keys()].sort()).toEqual(alarmNames(env).sort());
  });

  test('says of each alarm what it means, where to look first, and how to mend it', () => {
    const incomplete = [...entries()].filter(
      ([, entry]) => !/\n\*\*Meaning\.\*\* .+\n\*\*First look\.\*\* .+\n\*\*Mend\.\*\* /s.test(entry),
    );
    expect(incomplete.map(([name]) => name)).toEqual([]);
  });

  test('has a heading for each of its links', () => {
    const anchors = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
    const links = [...runbook.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((target) => !anchors.includes(target))).toEqual([]);
  });

  test('names commands that there are', () => {
    const commands = [...runbook.matchAll(/npm run -s cli -- (?:--api "\$API" )?([a-z-]+)/g)].map(
      ([, name = '']) => name,
    );
    expect(new Set(commands)).toEqual(
      new Set(['rebuild-index', 'republish', 'register', 'update', 'reload', 'health']),
    );
    const known = readFileSync('bin/cli/run-cli.ts', 'utf8');
    expect(commands.filter((name) => !known.includes(`'./${name}.ts'`))).toEqual([]);
  });
});

describe("an operator's permissions", () => {
  interface Statement {
    Action: string | string[];
    Condition?: Record<string, Record<string, string[]>>;
  }

  const statements = (): Statement[] => {
    const [, policy = ''] = /```json\n(.+?)```/s.exec(section("An operator's permissions")) ?? [];
    return JSON.parse(policy).Statement;
  };

  /** Actions of a function on anything but its log and the dead letters. */
  const actionsOf = (shortName: string): string[] =>
    permissionsOf(synthesise(), shortName)
      .filter((sentence) => /^(dynamodb|s3|events):/.test(sentence))
      .map((sentence) => sentence.replace(/ on .+?( within \w+)?$/, '$1'));

  test('are those of the functions whose work the commands do, and the dead letters', () => {
    const granted = statements().flatMap(({ Action, Condition }) => {
      const within = Condition ? ` within ${Condition['ForAllValues:StringEquals']?.['dynamodb:LeadingKeys']}` : '';
      return [Action].flat().map((action) => `${action}${within}`);
    });
    const theirs = [...actionsOf('index-base'), ...actionsOf('change-stream')];
    expect(granted.filter((action) => !action.startsWith('sqs:') && !theirs.includes(action))).toEqual([]);
    expect(granted).toEqual(
      expect.arrayContaining([
        'dynamodb:Query',
        'dynamodb:PutItem within REGISTRY',
        's3:PutObject',
        'events:PutEvents',
      ]),
    );
  });

  test('come with the tag that the bus asks for', () => {
    expect(section("An operator's permissions")).toContain(`--tags Key=${PUBLISHER_TAG},Value=$STAGE`);
  });
});
