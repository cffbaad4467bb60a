import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import type { FormContext, Option, RawSection } from '../../form/field';
import { labelSection, labelText, type Labelled } from '../../form/labelled-section';
import { smallFormContext } from '../../form/small-form';
import type { OwnWords } from '../accounts';
import { levelOptions, seriesOptions, type Catalogue } from '../catalogue';
import { findUnitOptions } from '../units';
import type { FrozenContent } from './freeze-version';
import { unitsIn } from './load-declaration';
import { sectionTitleOf } from './section-title';
import { findSection } from './sections';

/** Words for what may have been chosen in any batch. */
function optionsOf(catalogue: Catalogue): FormContext['options'] {
  return (list, ...keys): readonly Option[] => {
    switch (list) {
      case 'levels':
      case 'batch-levels':
        return levelOptions();
      case 'series':
      case 'batch-series':
        return seriesOptions(catalogue.series);
      case 'titles':
        return catalogue.titlesOf(Number(keys[0]), keys[1] ?? '').map((t) => ({ value: String(t.id), text: catalogue.titleText(t.id) }));
      default:
        // the others are kept by their words
        return [];
    }
  };
}

function submitted(content: unknown): Labelled {
  const { applicant, batch, unit, sections } = content as FrozenContent;
  return {
    申报人: {
      姓名: applicant.name,
      性别: applicant.sex,
      出生日期: applicant.bornOn,
      民族: applicant.ethnicity,
      政治面貌: applicant.politicalStatus,
      籍贯: applicant.nativePlace,
    },
    批次: { 年度: String(batch.year), 职称系列: batch.series, 职称级别: batch.level, 评审委员会: batch.committee },
    申报单位: unit,
    申报材料: Object.fromEntries(sections.map((s) => [s.title, labelText(s)])),
  };
}

/** S63: what a declaration holds, in the words of its form. */
export const ownWords = (deps: Deps): OwnWords => ({
  titleOf: sectionTitleOf,
  submitted,
  async typed(h, rows) {
    const read = rows.map((r) => {
      const section = findSection(r.section);
      return section && { section, raw: r.raw as RawSection };
    });
    const ids = new Set(read.flatMap((r) => (r ? unitsIn(r.section, r.raw) : [])));
    const units = new Map((ids.size === 0 ? [] : await findUnitOptions(h, [...ids])).map((u) => [String(u.id), u]));
    const { today } = await databaseNow(h);
    const ctx = { ...smallFormContext(today, { options: optionsOf(await deps.catalogue.get()) }), unit: (id: string) => units.get(id) };
    return read.map((r, i) => (r ? labelSection(r.section, r.raw, ctx) : rows[i]?.raw));
  },
});
