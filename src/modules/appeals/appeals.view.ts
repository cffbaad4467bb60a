import { showSize } from '../../form/form-model';
import { paths } from '../../http/paths';
import { showMoment } from '../../lib/moment';
import type { Colour } from '../../policy/declaration-moves';
import type { Appeal, AppealState, AttachmentRow } from '../declarations';

export const appealTexts: Record<AppealState, { text: string; colour: Colour }> = {
  asked: { text: '等待评委会办事机构答复', colour: 'orange' },
  proposed: { text: '等待人社局审核', colour: 'orange' },
  kept: { text: '维持原评审结果', colour: 'grey' },
  refused: { text: '维持原评审结果', colour: 'grey' },
  granted: { text: '同意重新评审', colour: 'green' },
  withdrawn: { text: '已撤回', colour: 'grey' },
};

/** A request and what came of it, as rows of a summary. */
export const appealRows = (a: Appeal): { label: string; text: string }[] => [
  { label: '申请时间', text: showMoment(a.askedAt) },
  { label: '申请理由', text: a.reason },
  { label: '状态', text: appealTexts[a.state].text },
  ...(a.withdrawnAt ? [{ label: '撤回时间', text: showMoment(a.withdrawnAt) }] : []),
  ...(a.answeredAt
    ? [
        { label: '复查情况', text: a.finding },
        { label: '答复', text: `${a.state === 'kept' ? '维持原评审结果' : '建议重新评审'}（评委会办事机构，${showMoment(a.answeredAt)}）` },
      ]
    : []),
  ...(a.decidedAt
    ? [
        ...(a.opinion === '' ? [] : [{ label: '人社局意见', text: a.opinion }]),
        { label: '审核结果', text: `${a.state === 'granted' ? '同意重新评审' : '不同意重新评审'}（人社局，${showMoment(a.decidedAt)}）` },
      ]
    : []),
];

export const evidenceLinks = (declaration: string, files: readonly AttachmentRow[]) =>
  files.map((f) => ({ id: f.id, name: f.name, href: paths.preview(declaration, f.id), size: showSize(f.size) }));
