import type { FormModel } from '../../form/control';
import { choice, longText } from '../../form/fields';
import { asText, type RawSection } from '../../form/field';
import { checkSection } from '../../form/check-section';
import { emptySection, readSection, type PostedForm } from '../../form/read-section';
import type { Problem, SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import type { PlainDate } from '../../lib/dates';
import { showMoment } from '../../lib/moment';

/** 「通过」 or 「不通过」 with a reason: how a bureau decides on a permission, and an upstream on a path. */
const decisionForm: SectionDefinition = {
  id: 'decision',
  title: '审核意见',
  parts: [
    {
      kind: 'group',
      id: 'decision',
      fields: [
        choice({
          id: 'result',
          label: '审核结果',
          required: true,
          style: 'radios',
          options: [
            { value: 'pass', text: '通过' },
            { value: 'refuse', text: '不通过' },
          ],
        }),
        longText({
          id: 'reason',
          label: '不通过的原因',
          hint: '选择「不通过」时必须填写，申请方可以看到',
          limit: 200,
          rows: 3,
          required: (raw) => raw.result === 'refuse',
        }),
      ],
    },
  ],
  rules: [],
};

/** The form as it is first shown. */
export const blankDecision = (): RawSection => emptySection(decisionForm);

export const decisionModel = (raw: RawSection, today: PlainDate, problems: readonly Problem[], action: string): FormModel =>
  smallForm({
    section: decisionForm,
    raw,
    ctx: smallFormContext(today),
    problems,
    action,
    buttons: [{ value: 'save', text: '提交审核意见', kind: 'primary' }],
  });

export interface ReadDecision {
  raw: RawSection;
  /** with problems nothing is decided */
  problems: Problem[];
  /** a reason typed beside 「通过」 is dropped */
  decided: { decision: 'grant' | 'refuse'; reason: string };
}

export function readDecision(form: PostedForm, today: PlainDate): ReadDecision {
  const raw = readSection(decisionForm, form, blankDecision());
  const { groups, problems } = checkSection(decisionForm, raw, smallFormContext(today));
  const values = groups.decision?.values ?? {};
  const isRefused = values.result === 'refuse';
  return { raw, problems, decided: { decision: isRefused ? 'refuse' : 'grant', reason: isRefused ? asText(values.reason) : '' } };
}

/** What the slower of two people is told: who was quicker, and how they decided. */
export const decidedText = (d: { decidedBy: string | null; decidedAt: Date | null }, isPassed: boolean): string =>
  `已由${d.decidedBy ?? '其他人员'}于${showMoment(d.decidedAt)}审核为「${isPassed ? '通过' : '不通过'}」`;
