import { choice, longText, text } from '../../form/fields';
import type { ControlModel, FormModel } from '../../form/control';
import { asText, CHOOSE, optionsOf, type FormContext, type RawSection } from '../../form/field';
import type { CheckedSection, Problem, SectionDefinition } from '../../form/section';
import { smallForm } from '../../form/small-form';
import { codeText, idTypes } from '../../lib/codes';
import { readIdNumber, type IdType } from '../../lib/id-number';
import { maskIdNumber, maskMobile } from '../../lib/mask';
import { compactCode } from '../../lib/text';
import { mobileField, personNameField } from '../accounts';
import type { Change, CorrectionKind, Evidence, Identity } from './correction.store';

export const PART = 'correction';
export const EVIDENCE = `files:${PART}.evidence`;
export const UPLOAD = `upload:${PART}.evidence`;

const reason = longText({
  id: 'reason',
  label: '更正原因',
  required: true,
  limit: 200,
  rows: 3,
  hint: '写明本人申请的方式和核实的情况，不要填写证件号码和手机号码',
});

const nameForm: SectionDefinition = {
  id: 'correct-name',
  title: '更正姓名',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [personNameField({ label: '更正后的姓名', hint: '与身份证件一致' }), reason],
    },
  ],
  rules: [
    (s, ctx) =>
      s.groups[PART]?.values.name === ctx.policy.oldName
        ? [{ part: PART, field: 'name', severity: 'rule', text: '与现在的姓名相同，不需要更正' }]
        : [],
  ],
};

const idNumberForm: SectionDefinition = {
  id: 'correct-id-number',
  title: '更正证件号码',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        choice({ id: 'idType', label: '证件类型', required: true, options: [CHOOSE, ...optionsOf(idTypes)] }),
        text({ id: 'idNumber', label: '更正后的证件号码', required: true, max: 40, width: 'm', tidy: compactCode }),
        reason,
      ],
    },
  ],
  rules: [
    (s, ctx) => {
      const { idType, idNumber } = s.groups[PART]?.values ?? {};
      if (typeof idType !== 'string' || typeof idNumber !== 'string') return [];
      const read = readIdNumber(idType as IdType, idNumber, ctx.today);
      const problem = !read.ok
        ? read.problem
        : read.value === ctx.policy.oldIdNumber && idType === ctx.policy.oldIdType
          ? '与现在的证件号码相同，不需要更正'
          : undefined;
      return problem === undefined ? [] : [{ part: PART, field: 'idNumber', severity: 'rule', text: problem }];
    },
  ],
};

const mobileForm: SectionDefinition = {
  id: 'correct-mobile',
  title: '更换手机号码',
  parts: [{ kind: 'group', id: PART, fields: [mobileField('新手机号码'), reason] }],
  rules: [
    (s, ctx) =>
      s.groups[PART]?.values.mobile === ctx.policy.oldMobile
        ? [{ part: PART, field: 'mobile', severity: 'rule', text: '与现在的手机号码相同，不需要更换' }]
        : [],
  ],
};

export const correctionForms: Readonly<Record<CorrectionKind, SectionDefinition>> = {
  name: nameForm,
  'id-number': idNumberForm,
  mobile: mobileForm,
};
export const isCorrectionKind = (kind: string): kind is CorrectionKind => Object.hasOwn(correctionForms, kind);

/** What the rules compare with. */
export const identityPolicy = (identity: Identity): FormContext['policy'] => ({
  oldName: identity.name,
  oldIdType: identity.idType,
  oldIdNumber: identity.idNumber,
  oldMobile: identity.mobile,
});

/** The change that a form without problems asks for. */
export function changeOf(kind: CorrectionKind, checked: CheckedSection, identity: Identity, today: string): Change {
  const values = checked.groups[PART]?.values ?? {};
  if (kind === 'name') return { kind, oldName: identity.name, newName: asText(values.name) };
  if (kind === 'mobile') return { kind, oldMobile: identity.mobile, newMobile: asText(values.mobile) };
  const newIdType = asText(values.idType) as IdType;
  const read = readIdNumber(newIdType, asText(values.idNumber), today);
  if (!read.ok) throw new Error('a checked form holds a number that cannot be read');
  return { kind, oldIdType: identity.idType, oldIdNumber: identity.idNumber, newIdType, newIdNumber: read.value };
}

/** The form with its field for the evidence, which lies in storage as soon as it has been sent once. */
export function correctionForm(input: {
  section: SectionDefinition;
  raw: RawSection;
  ctx: FormContext;
  problems: readonly Problem[];
  evidence: Evidence | undefined;
  evidenceSize: string;
  action: string;
}): FormModel {
  const model = smallForm({ ...input, buttons: [{ value: 'next', text: '下一步', kind: 'primary' }] });
  const [part] = model.parts;
  if (part?.kind !== 'group') throw new Error('a correction form has one group');
  const problem = input.problems.find((p) => p.field === 'evidence')?.text;
  const evidence: ControlModel = {
    type: 'files',
    id: `f-${PART}-evidence`,
    name: `${PART}.evidence`,
    label: '证明材料',
    hint: '本人身份证件等证明材料的扫描件或者照片',
    required: true,
    value: '',
    ...(problem === undefined ? {} : { problem }),
    ...(input.evidence ? { extra: `已上传：${input.evidence.name}（${input.evidenceSize}），上传新的文件即替换` } : {}),
    upload: {
      name: EVIDENCE,
      accept: '.jpg,.jpeg,.png,.gif,.pdf,image/jpeg,image/png,image/gif,application/pdf',
      buttonValue: UPLOAD,
      hint: '支持 jpg、png、gif、pdf 格式，不超过 5 MB',
      max: 1,
    },
  };
  return { ...model, multipart: true, parts: [{ ...part, controls: [...part.controls, evidence] }] };
}

/** Before and after in words. A new number is `whole` for whoever has to compare it; one that is not being checked need not be. */
export function changeRows(change: Change, whole: boolean): { label: string; before: string; after: string }[] {
  const after = (number: string, mask: (number: string) => string): string => (whole ? number : mask(number));
  if (change.kind === 'name') return [{ label: '姓名', before: change.oldName, after: change.newName }];
  if (change.kind === 'mobile')
    return [{ label: '手机号码', before: maskMobile(change.oldMobile), after: after(change.newMobile, maskMobile) }];
  const typeText = (t: IdType): string => codeText(idTypes, t) ?? t;
  return [
    { label: '证件类型', before: typeText(change.oldIdType), after: typeText(change.newIdType) },
    { label: '证件号码', before: maskIdNumber(change.oldIdNumber), after: after(change.newIdNumber, maskIdNumber) },
  ];
}

export const decideForm: SectionDefinition = {
  id: 'decide-correction',
  title: '复核意见',
  parts: [
    {
      kind: 'group',
      id: 'decision',
      fields: [
        choice({
          id: 'result',
          label: '复核结果',
          required: true,
          style: 'radios',
          options: [
            { value: 'confirm', text: '同意更正' },
            { value: 'refuse', text: '不同意' },
          ],
        }),
        longText({
          id: 'reason',
          label: '不同意的原因',
          limit: 200,
          rows: 3,
          hint: '选择「不同意」时必须填写',
          required: (raw) => raw.result === 'refuse',
        }),
      ],
    },
  ],
  rules: [],
};
