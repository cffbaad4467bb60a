import type { Handle } from '../../db/db';
import { paths } from '../../http/paths';
import { unitActor, type Crumb, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { findUnitPublicity, type Objection, type ObjectionKind, type ObjectionOutcome, type UnitPublicity } from './publicity.store';

export const kinds: Record<ObjectionKind, string> = { named: '实名', anonymous: '匿名', body: '单位或者部门' };
export const outcomes: Record<ObjectionOutcome, { text: string; colour: string; hint: string }> = {
  dismissed: { text: '异议不成立', colour: 'green', hint: '公示继续有效' },
  returned: { text: '异议成立，退回申报人', colour: 'orange', hint: '申报人修改后重新提交，须重新公示' },
  withheld: { text: '异议成立，不予推荐', colour: 'red', hint: '本次申报结束，不能恢复' },
};
export const isKind = (s: string): s is ObjectionKind => s in kinds;
export const isOutcome = (s: string): s is ObjectionOutcome => s in outcomes;

export const period = (p: UnitPublicity): string => `${showDate(p.startsOn)}至${showDate(p.endsOn)}`;
export const listCrumb: Crumb = { text: '单位公示', href: paths.unitPublicities() };

/** What a page says of an objection. */
export const objectionView = (o: Objection) => ({
  name: o.applicantName,
  tag: o.outcome ? outcomes[o.outcome] : { text: '未处理', colour: 'orange' },
  rows: [
    { label: '涉及人员', text: o.applicantName },
    { label: '收到日期', text: showDate(o.receivedOn) },
    { label: '反映方式', text: kinds[o.kind] },
    { label: '反映内容', text: o.content },
    { label: '登记', text: `${o.recorderName}，${showMoment(o.recordedAt)}` },
    ...(o.outcome
      ? [
          { label: '核查情况', text: o.finding },
          { label: '处理结果', text: `${outcomes[o.outcome].text}（${o.deciderName}，${o.decidedAt ? showMoment(o.decidedAt) : ''}）` },
        ]
      : []),
  ],
});

/** The publicity in the address, as far as it is this unit's. */
export async function openPublicity(h: Handle, visit: Visit): Promise<UnitPublicity | undefined> {
  const id = wholeNumber(visit.param('publicity'));
  return id === undefined ? undefined : findUnitPublicity(h, unitActor(visit).unitId, id);
}
