import { importRecords } from '../../src/modules/education';
import type { Plan } from './clock';
import { idNumberOf, people } from './people';
import { actorOf, demand, expectKind, REQUEST_ID, type World } from './world';

const BUREAU = 'huancui_rsj';
/** Whose hours the bureau has recorded. */
const LEARNERS = ['songyutong', 'congxiaowen', 'wangyan', 'liwei', 'sunliqun', 'miaoqinghe'];

/** Two courses of one year: 90 hours and more, as is asked for each year. */
const coursesOf = (who: string, year: number): string[] => [
  `${who},${year},专业科目,群众文化活动策划与组织,60,${year}.3.11,${year}.5.20,威海市群众文化培训中心,丛海波`,
  `${who},${year},公需科目,人工智能应用与数字素养,32,${year}.6.3,${year}.6.28,山东省专业技术人员继续教育公共服务平台,`,
];

/** D8: the bureau of the district imports the study hours of the last two years, before anybody declares. */
export function planLearning(plan: Plan, world: World): void {
  plan.add(38, '15:20', async () => {
    const bureau = await actorOf(world, BUREAU);
    const rows = people
      .filter((p) => LEARNERS.includes(p.loginName))
      .flatMap((p) => [1, 2].flatMap((back) => coursesOf(`${idNumberOf(p, world.year)},${p.name}`, world.year - back)));
    const content = Buffer.from(['证件号码,姓名,年度,类别,学习内容,学时,开始时间,结束时间,学习地点,证明人', ...rows].join('\r\n'));
    const outcome = await importRecords(
      world.deps,
      { ...bureau, divisionCode: demand(bureau.divisionCode, `division of ${BUREAU}`) },
      '威海市环翠区人力资源和社会保障局',
      { name: `${world.year - 2}至${world.year - 1}年度学时.csv`, content },
      REQUEST_ID,
    );
    expectKind(outcome, 'done', 'import of study hours');
    if (outcome.kind === 'done' && outcome.report.refused > 0)
      throw new Error(`demonstration data: study hours refused: ${JSON.stringify(outcome.report.problems)}`);
  });
}
