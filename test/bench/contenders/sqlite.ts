import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import type { Build } from './contender.ts';

/** How lists are kept. */
interface Form {
  /** Tables and indexes besides those of `agents`. */
  readonly schema: string;
  /** A condition on `agents` with one parameter: the term that it has. */
  readonly has: (list: 'capabilities' | 'tools') => string;
  /** Puts an agent's lists in the place of those before. */
  readonly write: (database: DatabaseSync) => (digest: AgentDigest) => void;
}

/** A column of JSON for each list: what one writes who has digests and SQLite. */
const JSON_COLUMNS: Form = {
  schema: 'ALTER TABLE agents ADD capabilities TEXT; ALTER TABLE agents ADD tools TEXT;',
  has: (list) => `EXISTS (SELECT 1 FROM json_each(agents.${list}) WHERE value = ?)`,
  write: (database) => {
    const update = database.prepare('UPDATE agents SET capabilities = ?, tools = ? WHERE id = ?');
    return ({ id, capabilities, tools = [] }) => update.run(JSON.stringify(capabilities), JSON.stringify(tools), id);
  },
};

/** A row for each term of each agent: what one writes who knows that it must be quick. */
const JUNCTION: Form = {
  schema: `CREATE TABLE terms (list TEXT, term TEXT, agent TEXT, PRIMARY KEY (list, term, agent)) WITHOUT ROWID;
    CREATE INDEX terms_by_agent ON terms (agent);`,
  has: (list) => `id IN (SELECT agent FROM terms WHERE list = '${list}' AND term = ?)`,
  write: (database) => {
    const forget = database.prepare('DELETE FROM terms WHERE agent = ?');
    const insert = database.prepare('INSERT INTO terms VALUES (?, ?, ?)');
    return ({ id, capabilities, tools = [] }) => {
      forget.run(id);
      for (const term of capabilities) insert.run('capabilities', term, id);
      for (const term of tools) insert.run('tools', term, id);
    };
  },
};

/** Statements by their text, prepared once. */
function statements(database: DatabaseSync): (sql: string) => StatementSync {
  const prepared = new Map<string, StatementSync>();
  return (sql) => {
    const known = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, known);
    return known;
  };
}

const contender =
  (form: Form): Build =>
  (agents) => {
    const database = new DatabaseSync(':memory:');
    database.exec(`CREATE TABLE agents (id TEXT PRIMARY KEY, priority INTEGER, health TEXT, load REAL DEFAULT 0);
      CREATE INDEX agents_by_priority ON agents (priority); ${form.schema}`);
    const sql = statements(database);
    const write = form.write(database);
    database.exec('BEGIN');
    for (const digest of agents) {
      const { id, priority, health } = digest;
      sql('INSERT INTO agents (id, priority, health) VALUES (?, ?, ?)').run(id, priority, health);
      write(digest);
    }
    database.exec('COMMIT; ANALYZE');
    const rows = (text: string, ...values: SQLInputValue[]) => sql(text).all(...values);
    const ids = (where: string, ...values: SQLInputValue[]) =>
      rows(`SELECT id FROM agents WHERE ${where}`, ...values).map(({ id }) => id);
    const count = (where: string, ...values: SQLInputValue[]) =>
      rows(`SELECT count(*) AS found FROM agents WHERE ${where}`, ...values)[0]?.found;
    const each = (terms: readonly string[], between: string) =>
      terms.map(() => form.has('capabilities')).join(` ${between} `);
    return {
      asks: {
        'and2-ids': (terms) => ids(`${each(terms, 'AND')} ORDER BY id`, ...terms),
        'and3-ids': (terms) => ids(`${each(terms, 'AND')} ORDER BY id`, ...terms),
        'or3-ids': (terms) => ids(`${each(terms, 'OR')} ORDER BY id`, ...terms),
        'and-count': ({ capabilities: terms }) => count(each(terms, 'AND'), ...terms),
        'one-capability': (term) => ids(`${form.has('capabilities')} ORDER BY id`, term),
        'top20-healthy': ({ digest, load, capability }) => {
          sql('UPDATE agents SET priority = ?, load = ? WHERE id = ?').run(digest.priority, load, digest.id);
          return rows(
            `SELECT id, priority, load FROM agents WHERE health = 'healthy' AND ${form.has('capabilities')}
              ORDER BY priority DESC, load, id LIMIT 20`,
            capability,
          );
        },
        'tools-priority-vs-sqlite': ({ tool, priority }) =>
          count(`priority >= ? AND ${form.has('tools')}`, priority, tool),
        'tools-priority-page': ({ tool, priority }) =>
          ids(`priority >= ? AND ${form.has('tools')} ORDER BY id LIMIT 50`, priority, tool),
      },
      close: async () => database.close(),
    };
  };

export const sqlite = contender(JSON_COLUMNS);
export const junction = contender(JUNCTION);
