import { choice, files, longText, text, yearMonth } from '../../../form/fields';
import { asText, type Field } from '../../../form/field';
import type { RowsPart } from '../../../form/section';

const ROLES = ['主持', '独立完成', '主要参加', '参加'].map((word) => ({ value: word, text: word }));

/** Professional work in rows: what, in which role, to what effect (pages 3 to 5 of the printed form). Two sections ask it, before and since the present title. */
export function works(): RowsPart {
  const fields: Field[] = [
    yearMonth({ id: 'from', label: '开始时间', hint: '例如 2023.3', required: true, notInFuture: true }),
    yearMonth({ id: 'to', label: '结束时间', hint: '还没有完成的不填，表示「至今」', untilNow: true, notInFuture: true }),
    text({ id: 'name', label: '工作名称', hint: '项目、课题、活动或者成果的名称', required: true, max: 100, width: 'full' }),
    choice({ id: 'role', label: '本人作用', required: true, options: ROLES, width: 's' }),
    longText({ id: 'content', label: '工作内容', hint: '本人承担的内容和工作量', required: true, limit: 300, rows: 3 }),
    longText({
      id: 'effect',
      label: '完成情况及效果',
      hint: '奖励、效益、推广情况等，没有的填写「无」',
      required: true,
      limit: 300,
      rows: 3,
    }),
    files({ id: 'proof', label: '证明材料', hint: '任务书、结题材料、活动材料等，没有的可以不上传' }),
  ];
  return {
    kind: 'rows',
    id: 'works',
    rowLabel: '工作业绩',
    addLabel: '新增工作业绩',
    emptyText: '还没有填写工作业绩，没有的不用填写',
    min: 0,
    max: () => 20,
    sortBy: (v) => asText(v.from),
    fields,
  };
}
