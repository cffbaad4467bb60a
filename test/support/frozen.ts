import { rosterFacts, type FrozenContent } from '../../src/modules/declarations';
import { canonicalJson, sha256Hex } from '../../src/lib/canonical-json';
import type { Site } from './site';

const part = (id: string, lines: Record<string, string>) => ({
  id,
  title: '',
  lines: Object.entries(lines).map(([label, text]) => ({ label, text })),
  files: [],
  items: [],
  isRows: false,
});

/** A frozen version of round 1 as a submission leaves it, for tests of what is made out of it. `withRoster` false: as it was frozen before there were rosters. */
export async function freezeContent(site: Site, declaration: string, withRoster = false): Promise<void> {
  const content: FrozenContent = {
    revision: 1,
    round: 1,
    applicant: {
      name: '甲',
      sex: '女',
      bornOn: '1995-03-12',
      ethnicity: '汉族',
      politicalStatus: '群众',
      nativePlace: '山东威海',
      photoSha256: null,
    },
    batch: { year: 2026, series: '群众文化', level: '初级', committee: '评审委员会' },
    unit: '文化馆',
    sections: [
      {
        id: 'application',
        title: '申报信息',
        parts: [part('main', { 参加工作时间: '2017年9月', 专业工作年限: '8 年', 申报方式: '正常晋升' })],
      },
      {
        id: 'education',
        title: '学历情况',
        parts: [part('fullTime', { 毕业院校: '山东艺术学院', 专业: '舞蹈学', 学历: '大学本科', 学位: '学士', 毕业时间: '2017年7月' })],
      },
    ],
  };
  await site.db('declaration_versions').insert({
    declaration_id: declaration,
    round: 1,
    content: JSON.stringify(content),
    sha256: sha256Hex(canonicalJson(content)),
    roster: withRoster ? JSON.stringify(rosterFacts(content)) : null,
  });
}
