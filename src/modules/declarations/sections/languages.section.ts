import { files, text } from '../../../form/fields';
import type { Field } from '../../../form/field';
import type { SectionDefinition } from '../../../form/section';
import { isNone, vagueWordIn } from '../../../lib/wording';

const level = (id: string, label: string, hint: string): Field =>
  text({
    id,
    label,
    hint,
    required: true,
    max: 100,
    tidy: (line) => (isNone(line) ? '无' : line),
    check: (value) => {
      const vague = vagueWordIn(value);
      return vague === undefined ? undefined : `「${label}」不得使用「${vague}」等含糊的词语，请写明取得的证书名称，没有证书的填写「无」`;
    },
  });

const certificate = (id: string, label: string, of: string): Field =>
  files({
    id,
    label,
    hint: '上面填写的证书原件的扫描件；填写「无」的不用上传',
    required: (raw) => (raw[of] ?? '') !== '',
    appliesWhen: (raw) => !isNone(raw[of] ?? ''),
  });

/** D7 「外语/计算机水平」, G22 §三.13. */
export const languages: SectionDefinition = {
  id: 'languages',
  title: '外语/计算机水平',
  group: '职称与考核',
  intro: ['请写明取得的外语、计算机证书名称，没有证书的填写「无」。不得填写「熟练」「良好」等含糊的词语。'],
  parts: [
    {
      kind: 'group',
      id: 'main',
      fields: [
        level('foreign', '懂何种外语，达到何种程度', '例如「大学英语四级证书（2016年6月）」，没有证书的填写「无」'),
        certificate('foreignProof', '外语证书', 'foreign'),
        level('computer', '计算机水平', '例如「全国计算机等级考试二级合格证书（2017年3月）」，没有证书的填写「无」'),
        certificate('computerProof', '计算机证书', 'computer'),
      ],
    },
  ],
  rules: [],
};
