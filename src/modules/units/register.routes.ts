import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { compactCode } from '../../lib/text';
import type { Actor } from '../../policy/actor';
import { covers } from '../../policy/policy';
import { bureauContactText, findBureauContact, findDivision } from '../catalogue';
import { importRegister, MAX_REGISTER_ROWS, registerColumns } from './import-register';
import { findImport, listImports } from './register.store';
import { findRegisterEntry } from './unit.store';

/** 「单位登记库」: the register that permission requests are checked against, imported by bureaus (C2). */
export function registerRoutes(deps: Deps): Route[] {
  const bureau = (visit: Visit): Actor & { divisionCode: string } => {
    const { actor } = visit;
    if (actor.divisionCode === undefined) throw new Error('a bureau without a division');
    return { ...actor, divisionCode: actor.divisionCode };
  };

  const bureauText = async (code: string): Promise<string> =>
    bureauContactText(await findBureauContact(deps.db, code), deps.settings.known().servicePhone);

  async function show(visit: Visit, problem?: string): Promise<Reply> {
    const { divisionCode } = bureau(visit);
    const division = await findDivision(deps.db, divisionCode);
    const code = compactCode(visit.query.one('code')).slice(0, 18);
    const entry = code === '' ? undefined : await findRegisterEntry(deps.db, code);
    const asked = wholeNumber(visit.query.one('import'));
    const shown = asked === undefined ? undefined : await findImport(deps.db, divisionCode, asked);
    const imports = await listImports(deps.db, divisionCode, 20);
    return page(
      'units/register',
      {
        title: '单位登记库',
        breadcrumbs: [homeCrumb, { text: '单位登记库' }],
        ...(problem === undefined ? {} : { errors: [{ text: problem, href: '#file' }] }),
        ...(shown && shown.report.refused === 0 ? { notice: { kind: 'success' as const, text: '已全部导入' } } : {}),
      },
      {
        division,
        problem,
        action: paths.register(),
        templateHref: paths.registerTemplate(),
        headers: registerColumns.map((c) => c.header),
        maxRows: MAX_REGISTER_ROWS,
        report: shown?.report,
        code,
        found:
          entry && covers(divisionCode, entry.divisionCode)
            ? [
                { label: '统一社会信用代码', text: entry.creditCode },
                { label: '单位名称', text: entry.name },
                { label: '所属地区', text: entry.divisionName },
              ]
            : undefined,
        elsewhere:
          entry && !covers(divisionCode, entry.divisionCode)
            ? { division: entry.divisionName, bureau: await bureauText(entry.divisionCode) }
            : undefined,
        table: {
          caption: '导入记录',
          emptyText: '还没有导入过',
          columns: [
            { key: 'at', text: '导入时间', nowrap: true },
            { key: 'file', text: '文件', width: 'm' },
            { key: 'by', text: '人员' },
            { key: 'counts', text: '结果', width: 'l' },
          ],
          rows: imports.map((i) => ({
            cells: [
              { text: showMoment(i.imported_at), href: addressOf(paths.register(), { import: String(i.id) }) },
              { text: i.report.fileName },
              { text: i.by_name },
              { text: `新增 ${i.report.added}，更新 ${i.report.changed}，相同 ${i.report.unchanged}，未导入 ${i.report.refused}` },
            ],
          })),
        },
      },
      problem === undefined ? 200 : 422,
    );
  }

  async function post(visit: Visit): Promise<Reply> {
    const [file] = visit.files;
    if (!file || file.content.length === 0) return show(visit, '请选择要导入的文件');
    const outcome = await importRegister(deps, bureau(visit), file, visit.requestId);
    if (outcome.kind === 'refused') return show(visit, outcome.reason);
    return seeOther(addressOf(paths.register(), { import: String(outcome.id) }));
  }

  return [
    { method: 'get', path: paths.register(), access: 'register.import', audit: null, handle: (visit) => show(visit) },
    { method: 'post', path: paths.register(), access: 'register.import', audit: 'register.import', files: 1, handle: post },
    {
      method: 'get',
      path: paths.registerTemplate(),
      access: 'register.import',
      audit: null,
      handle: () =>
        Promise.resolve({
          kind: 'file',
          body: Buffer.from(`\uFEFF${registerColumns.map((c) => c.header).join(',')}\r\n`),
          contentType: 'text/csv; charset=utf-8',
          fileName: '单位登记库模板.csv',
          inline: false,
        }),
    },
  ];
}
