import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { notFound, page, refusal, seeOther, type Crumb, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import type { ImportReport } from '../../lib/csv';
import { wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { newToken } from '../../lib/new-token';
import type { Actor } from '../../policy/actor';
import { bureauName, findDivision } from '../catalogue';
import { importColumns, importRecords, MAX_ROWS, undoImport } from './import-records';
import { findImport, listImports, type ImportRow } from './records.store';

const TITLE = '继续教育学时导入';
const REPORT_MINUTES = 8 * 60;
const SHOWN = 20;
const crumb: Crumb = { text: TITLE, href: paths.learningImports() };

function bureauActor(visit: Visit): Actor & { divisionCode: string } {
  const { actor } = visit;
  if (actor.divisionCode === undefined) throw new Error('a bureau without a division');
  return { ...actor, divisionCode: actor.divisionCode };
}

const countsText = (i: ImportRow): string => `新增 ${i.added}，更新 ${i.changed}，相同 ${i.unchanged}，未导入 ${i.refused}`;

/** D8: bureaus import study hours for places without a platform. */
export function educationRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;

  async function importPage(visit: Visit, errors: PageMeta['errors'] = []): Promise<Reply> {
    const actor = bureauActor(visit);
    const report = await findDraft<ImportReport>(db, cipher, 'import-report', visit.owner, visit.query.one('report'));
    const imports = await listImports(db, actor.divisionCode, SHOWN);
    const removed = visit.query.one('removed');
    const notice: PageMeta['notice'] =
      report && report.refused === 0
        ? { kind: 'success', text: '已全部导入' }
        : /^\d{1,6}$/.test(removed)
          ? { kind: 'success', text: `已撤销，删除了 ${removed} 条学习记录` }
          : undefined;
    return page(
      'education/import',
      { title: TITLE, breadcrumbs: [homeCrumb, { text: TITLE }], errors, ...(notice ? { notice } : {}) },
      {
        action: paths.learningImports(),
        token: newToken(),
        templateHref: paths.learningTemplate(),
        maxRows: MAX_ROWS,
        report,
        table: {
          caption: '最近的导入',
          emptyText: '还没有导入过学时',
          columns: [
            { key: 'file', text: '文件' },
            { key: 'counts', text: '结果' },
            { key: 'by', text: '经办人' },
            { key: 'at', text: '导入时间' },
            { key: 'undo', text: '撤销', hidden: true },
          ],
          rows: imports.map((i) => ({
            cells: [
              { text: i.fileName },
              { text: countsText(i) },
              { text: i.by },
              { text: showMoment(i.at) },
              i.standing > 0 ? { text: '撤销', hiddenText: `：${i.fileName}`, href: paths.undoLearningImport(i.id) } : { text: '' },
            ],
          })),
        },
      },
      errors.length > 0 ? 422 : 200,
    );
  }

  async function receive(visit: Visit): Promise<Reply> {
    const actor = bureauActor(visit);
    const file = visit.files.find((f) => f.field === 'file');
    if (!file || file.content.length === 0) return importPage(visit, [{ text: '请选择要导入的文件', href: '#file' }]);
    const division = await findDivision(db, actor.divisionCode);
    const name = file.name.replace(/^.*[\\/]/, '').slice(0, 100) || '未命名.csv';
    const outcome = await importRecords(
      deps,
      actor,
      division ? bureauName(division.fullName) : actor.behalf,
      { name, content: file.content },
      visit.requestId,
    );
    if (outcome.kind === 'refused') return importPage(visit, [{ text: outcome.reason, href: '#file' }]);
    const key = await keepDraft(db, cipher, 'import-report', visit.owner, outcome.report, REPORT_MINUTES);
    return seeOther(addressOf(paths.learningImports(), { report: key }));
  }

  const importOf = async (visit: Visit): Promise<ImportRow | undefined> => {
    const id = wholeNumber(visit.param('import'), 12);
    return id === undefined ? undefined : findImport(db, bureauActor(visit).divisionCode, id);
  };

  async function askUndo(visit: Visit): Promise<Reply> {
    const found = await importOf(visit);
    if (!found) return notFound;
    return page(
      'education/undo-import',
      { title: '撤销导入', breadcrumbs: [homeCrumb, crumb, { text: '撤销导入' }] },
      {
        rows: [
          { label: '文件', text: found.fileName },
          { label: '导入时间', text: showMoment(found.at) },
          { label: '结果', text: countsText(found) },
          { label: '将删除', text: `${found.standing} 条学习记录` },
        ],
        action: paths.undoLearningImport(found.id),
        token: newToken(),
        backHref: paths.learningImports(),
        isEmpty: found.standing === 0,
      },
    );
  }

  async function undo(visit: Visit): Promise<Reply> {
    const found = await importOf(visit);
    if (!found) return notFound;
    const removed = await undoImport(deps, bureauActor(visit), found.id, visit.requestId);
    if (removed === undefined) return refusal(409, '该次导入已经撤销', { text: `返回${TITLE}`, href: paths.learningImports() });
    return seeOther(addressOf(paths.learningImports(), { removed: String(removed) }));
  }

  const template = (): Promise<Reply> => {
    const heads = importColumns.map((c) => c.header).join(',');
    const example =
      '37100219900101000X,（示例，导入前请删除本行）,2025,专业科目,群众文化活动策划与组织,24,2025.3.10,2025.3.12,威海市文化馆,';
    const body = Buffer.from(`\ufeff${heads}\r\n${example}\r\n`, 'utf8');
    return Promise.resolve({
      kind: 'file',
      body,
      contentType: 'text/csv; charset=utf-8',
      fileName: '继续教育学时导入模板.csv',
      inline: false,
    });
  };

  const access = 'learning.import';
  return [
    { method: 'get', path: paths.learningImports(), access, audit: null, handle: (visit) => importPage(visit) },
    { method: 'post', path: paths.learningImports(), access, audit: 'learning.import', files: 1, handle: receive },
    { method: 'get', path: paths.learningTemplate(), access, audit: null, handle: template },
    { method: 'get', path: paths.undoLearningImport(':import'), access, audit: null, handle: askUndo },
    { method: 'post', path: paths.undoLearningImport(':import'), access, audit: 'learning.undo-import', handle: undo },
  ];
}
