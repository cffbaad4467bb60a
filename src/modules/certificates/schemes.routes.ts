import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import { asText, type RawSection } from '../../form/field';
import { choice, integer, text } from '../../form/fields';
import { problemLinks } from '../../form/form-model';
import type { CheckedSection, Problem, SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { formFlow } from '../../http/form-flow';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { digitsOf, makeCertificateNumber, type NumberPart, type NumberScheme } from '../../lib/certificate-number';
import { showMoment } from '../../lib/moment';
import { saveScheme } from './save-scheme';
import { listSchemes } from './schemes.store';

const PART = 'scheme';
const LEFT_OUT = 'none';
const partTexts: Record<NumberPart, string> = {
  year: '年度（4 位）',
  series: '系列代码（2 位）',
  level: '级别代码（1 位）',
  division: '行政区划代码（6 位）',
};
const partNames = Object.keys(partTexts) as NumberPart[];
const places = ['1', '2', '3', '4'].map((value) => ({ value, text: `第 ${value} 段` }));

const form: SectionDefinition = {
  id: 'certificate-scheme',
  title: '证书编号规则',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        text({
          id: 'prefix',
          label: '前缀',
          required: true,
          max: 6,
          width: 's',
          hint: '汉字或者大写字母，例如「鲁」',
          check: (v) => (/^[\p{Script=Han}A-Z]{1,6}$/u.test(v) ? undefined : '「前缀」请用汉字或者大写字母填写'),
        }),
        ...partNames.map((id) =>
          choice({
            id,
            label: partTexts[id],
            required: true,
            style: 'select',
            options: id === 'year' ? places : [...places, { value: LEFT_OUT, text: '不编入' }],
          }),
        ),
        integer({ id: 'width', label: '顺序号位数', required: true, min: 4, max: 8, hint: '4 至 8 位，编号最后另有 1 位校验码' }),
      ],
    },
  ],
  rules: [],
};

const rawOf = (s: NumberScheme): RawSection => ({
  groups: {
    [PART]: {
      prefix: s.prefix,
      width: String(s.width),
      ...Object.fromEntries(partNames.map((p) => [p, s.parts.includes(p) ? String(s.parts.indexOf(p) + 1) : LEFT_OUT])),
    },
  },
  rows: {},
});

/** The scheme of a form, or what is wrong with it. */
function schemeOf(checked: CheckedSection): { scheme: NumberScheme } | { problems: readonly Problem[] } {
  if (checked.problems.length > 0) return { problems: checked.problems };
  const values = checked.groups[PART]?.values ?? {};
  const placed = partNames.map((p) => ({ p, at: asText(values[p]) })).filter((x) => x.at !== LEFT_OUT);
  const twice = placed.find((x, i) => placed.some((y, j) => j < i && y.at === x.at));
  if (twice)
    return {
      problems: [{ part: PART, field: twice.p, severity: 'rule', text: `「${partTexts[twice.p]}」与其他内容在同一段，请选择另一段` }],
    };
  const parts = placed.sort((a, b) => Number(a.at) - Number(b.at)).map((x) => x.p);
  return { scheme: { prefix: asText(values.prefix), parts, width: Number(values.width) } };
}

const words = (s: NumberScheme): string =>
  [`「${s.prefix}」`, ...s.parts.map((p) => partTexts[p]), `顺序号（${s.width} 位）`, '校验码（1 位）'].join('、');
const example = (s: NumberScheme, year: number): string =>
  makeCertificateNumber({ year, seriesCode: '05', level: 3, division: '371002', serial: 1 }, s);

/** 「证书编号规则」 of the administrator (J5): how certificates are numbered, and how they were. */
export function schemesRoutes(deps: Deps): Route[] {
  const { db } = deps;
  const address = paths.certificateSchemes();
  const flow = formFlow(deps, 'admin-form', form, address);
  const contextOf = async () => smallFormContext((await databaseNow(db)).today);

  const show = async (visit: Visit): Promise<Reply> => {
    const schemes = await listSchemes(db);
    const [now] = schemes;
    if (!now) throw new Error('certificate_schemes: there is no scheme');
    const ctx = await contextOf();
    const typed = await flow.shown(visit, rawOf(now));
    const previewed =
      visit.query.one('draft') === '' || typed.problems.length > 0 ? undefined : schemeOf(checkSection(form, typed.raw, ctx));
    const preview = previewed && 'scheme' in previewed ? previewed.scheme : undefined;
    return page(
      'certificates/schemes',
      {
        title: '证书编号规则',
        breadcrumbs: [homeCrumb, { text: '证书编号规则' }],
        errors: problemLinks(typed.problems),
        ...(visit.query.one('done') === 'saved'
          ? { notice: { kind: 'success' as const, text: '已保存，以后核发的证书按新的规则编号' } }
          : {}),
      },
      {
        preview: preview && [
          { label: '编号组成', text: words(preview) },
          { label: '示例', text: example(preview, ctx.year) },
          { label: '位数', text: `「${preview.prefix}」和 ${digitsOf(preview)} 位数字` },
        ],
        table: {
          caption: '证书编号规则',
          columns: [
            { key: 'words', text: '编号组成', width: 'l' },
            { key: 'example', text: '示例', nowrap: true },
            { key: 'since', text: '设置时间', nowrap: true },
            { key: 'by', text: '设置人' },
            { key: 'state', text: '状态' },
          ],
          rows: schemes.map((s, i) => ({
            cells: [
              { text: words(s) },
              { text: example(s, ctx.year) },
              { text: showMoment(s.createdAt) },
              { text: s.creatorName === '' ? '系统初始设置' : s.creatorName },
              { tag: i > 0 ? { text: '已停用' } : s.isUsed ? { text: '使用中', colour: 'green' } : { text: '尚未使用', colour: 'yellow' } },
            ],
          })),
        },
        form: smallForm({
          section: form,
          raw: typed.raw,
          ctx,
          problems: typed.problems,
          action: address,
          buttons: [
            { value: 'preview', text: '预览', kind: 'secondary' },
            { value: 'save', text: '保存', kind: 'primary' },
          ],
        }),
        isUsed: now.isUsed,
      },
    );
  };

  const save = async (visit: Visit): Promise<Reply> => {
    const typed = flow.posted(visit);
    const read = schemeOf(checkSection(form, typed.raw, await contextOf()));
    if ('problems' in read) return flow.again(visit, address, typed, read.problems);
    if (visit.body.one('do') === 'preview') return flow.again(visit, address, typed, []);
    const outcome = await saveScheme(deps, visit.actor, read.scheme, visit.requestId);
    if (outcome.kind === 'done') return seeOther(addressOf(address, { done: 'saved' }));
    const why = {
      same: '与目前的规则相同，没有需要保存的内容',
      taken: '以前的规则用过相同的前缀和位数，编号可能重复，请更改「前缀」或者「顺序号位数」',
    }[outcome.why];
    return flow.again(visit, address, typed, [{ part: PART, field: 'prefix', severity: 'rule', text: why }]);
  };

  return [
    { method: 'get', path: address, access: 'reference.manage', audit: null, handle: show },
    { method: 'post', path: address, access: 'reference.manage', audit: 'certificate-scheme.save', handle: save },
  ];
}
