import { committeeName, committees } from './committees';
import type { World } from './world';

/** The bureau's yearly notice, as it opens every round. */
export async function addNotice(world: World): Promise<void> {
  const { rows } = await world.trx.raw<{ rows: { committee: string; closes: string }[] }>(
    `SELECT c.name AS committee, to_char(b.applicant_closes_at AT TIME ZONE 'Asia/Shanghai', 'YYYY"年"FMMM"月"FMDD"日" HH24:MI') AS closes
     FROM batches b JOIN committees c ON c.id = b.committee_id ORDER BY b.applicant_closes_at`,
  );
  await world.trx('notices').insert({
    title: `关于做好${world.year}年度环翠区文化系列初级职称申报工作的通知`,
    issued_by: '威海市环翠区人力资源和社会保障局',
    body: [
      '各有关单位：',
      `${world.year}年度环翠区文化系列初级职称采取网络化申报方式，现将有关事项通知如下。`,
      '一、申报范围。在我区企事业单位、社会组织从事相应专业技术工作，并且符合申报条件的在职人员。',
      `二、评审委员会。本年度由下列评审委员会受理：${committees.map(committeeName).join('、')}。`,
      '三、个人申报截止时间：',
      ...rows.map((r) => `${r.committee}：${r.closes}。`),
      '四、申报程序。个人填写后点击「确定申报」，经用人单位、主管部门逐级审核上报，报送至评审委员会办事机构。用人单位应当在单位内部公示，公示时间不少于 5 个工作日。',
      '五、其他要求。申报人应当如实填写，并对材料的真实性负责；用人单位应当认真核对原件。逾期不再受理。',
    ].join('\n'),
  });
}
