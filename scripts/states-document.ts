import fs from 'node:fs';
import path from 'node:path';
import { moveNames, moves, stateNames, states, type Relation } from '../src/policy/declaration-moves';

const WHO: Record<Relation, string> = {
  applicant: '申报人',
  'holder-unit': '当前单位',
  'holder-office': '评委会办事机构',
  bureau: '人社局',
  system: '系统',
};

/** docs/states.md out of the table of states and moves: the diagram can't drift from what the program does (a test compares). */
export function statesDocument(): string {
  const arrows = moveNames.flatMap((m) =>
    moves[m].from.flatMap((from) => moves[m].to.map((to) => `  ${from} --> ${to}: ${moves[m].text}`)),
  );
  const rows = moveNames.map((m) => {
    const v = moves[m];
    return `| ${v.text} (\`${m}\`) | ${v.from.map((s) => states[s].text).join('、')} | ${v.to.map((s) => states[s].text).join('、')} | ${WHO[v.who]} | ${v.guards.map((g) => `\`${g}\``).join(', ') || '–'} | ${v.needs.join(', ') || '–'} |`;
  });
  return `# States of a declaration

Made from \`src/policy/declaration-moves.ts\` by \`npm run docs:states\`; do not edit by hand.

\`\`\`mermaid
stateDiagram-v2
${stateNames.map((s) => `  ${s}: ${states[s].text}`).join('\n')}
  [*] --> draft
${arrows.join('\n')}
${stateNames
  .filter((s) => states[s].final)
  .map((s) => `  ${s} --> [*]`)
  .join('\n')}
\`\`\`

| move | from | to | who | guards | asks for |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

To add a state or a move: a row in the table, a function in \`src/modules/declarations/guards.ts\` for a new guard, a case in
\`src/modules/declarations/move-declaration.ts\` for what it writes. Buttons, confirm page, policy, routes and tests follow from the table.
`;
}

if (require.main === module) fs.writeFileSync(path.join(__dirname, '..', 'docs', 'states.md'), statesDocument());
