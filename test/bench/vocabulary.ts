/** Words that terms are made of: names as agents have them, each the most frequent first (see `Zipf`). */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const SUBJECTS = words(`
  code calendar data security email travel weather invoice customer test cloud document database payment network
  model inventory contract meeting image marketing compliance recruiting translation energy`);
const SKILLS = words(`
  review scheduling analysis search planning generation monitoring summarisation migration testing routing
  classification optimisation extraction forecasting booking auditing enrichment reconciliation simulation`);
const VERBS = words(`
  read create update search send delete list analyse review deploy schedule book cancel approve reject export import
  translate summarise classify validate sign archive restore merge split rank route notify escalate assign estimate
  forecast compare convert encrypt compress publish rotate replay`);
const OBJECTS = words(`
  file issue ticket message meeting invoice order report query record flight room contract customer payment test build
  release branch image alert metric log dashboard dataset model prompt policy role secret certificate cluster queue
  topic table schema index backup snapshot pipeline job task budget quote lead campaign survey shift route parcel`);

/** Every first word with every second; neighbours differ in both, as far as they can. */
const combined = (first: readonly string[], second: readonly string[], between: string): string[] =>
  second.flatMap((_, shift) => first.map((word, n) => `${word}${between}${second[(n + shift) % second.length]}`));

/** 500. */
export const CAPABILITIES: readonly string[] = combined(SUBJECTS, SKILLS, '-');

/** 2,000. */
export const ACTIONS: readonly string[] = combined(VERBS, OBJECTS, '-');

/** 50. */
export const DOMAINS = words(`
  engineering data operations security finance marketing sales support research health legal education travel retail
  logistics manufacturing energy media gaming insurance banking government hospitality agriculture construction
  telecom automotive aerospace pharma biology chemistry physics mathematics design writing music film sport food
  fashion property recruiting payroll procurement compliance privacy weather mobility climate charity`);

/** 20. */
export const TOOLS = words(`
  Read Bash Grep Edit Write Glob WebFetch WebSearch Task TodoWrite MultiEdit NotebookEdit LS BashOutput KillShell
  mcp__github__create_issue mcp__slack__post_message mcp__postgres__query mcp__context7__get_docs ExitPlanMode`);

export const TYPES = words('specialist core coordinator utility');
