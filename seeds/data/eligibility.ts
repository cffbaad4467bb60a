/**
 * K5: education and years, as a start that an administrator corrects: the general table that Shandong's notices have used, and what the national standards of three
 * series say instead. Series by code.
 */
type Row = [rank: string, education: string, heldRank: string | null, heldYears: number | null, workYears: number | null];

const GENERAL: readonly Row[] = [
  ['员级', 'secondary', null, null, 1],
  ['助理级', 'master', null, null, null],
  ['助理级', 'bachelor', null, null, 1],
  ['助理级', 'college', null, null, 3],
  ['助理级', 'secondary', '员级', 4, null],
  ['中级', 'doctor', null, null, null],
  ['中级', 'master', null, null, 3],
  ['中级', 'bachelor', '助理级', 4, null],
  ['中级', 'college', '助理级', 5, null],
  ['副高级', 'doctor', '中级', 2, null],
  ['副高级', 'bachelor', '中级', 5, null],
  ['正高级', 'bachelor', '副高级', 5, null],
];
/** 图书资料, 工程技术 */
const LIBRARY_AND_ENGINEERING: readonly Row[] = [
  ['员级', 'lower', null, null, 1],
  ['助理级', 'master', null, null, null],
  ['助理级', 'bachelor', null, null, 1],
  ['助理级', 'college', '员级', 2, null],
  ['助理级', 'lower', '员级', 4, null],
];
/** 文物博物 */
const MUSEUMS: readonly Row[] = [
  ['助理级', 'master', null, null, null],
  ['助理级', 'bachelor', null, null, 1],
  ['助理级', 'college', null, null, 3],
  ['助理级', 'lower', null, null, 5],
  ['中级', 'doctor', null, null, null],
  ['中级', 'master', '助理级', 2, null],
  ['中级', 'college', '助理级', 4, null],
];

const of = (seriesCode: string | null, basis: string, rows: readonly Row[]) =>
  rows.map(([rank, education, heldRank, heldYears, workYears]) => ({ seriesCode, basis, rank, education, heldRank, heldYears, workYears }));

export const eligibility = [
  ...of(null, '山东省专业技术职务任职资格学历、资历一般条件', GENERAL),
  ...of('09', '图书资料专业人员职称评价基本标准条件', LIBRARY_AND_ENGINEERING),
  ...of('05', '工程技术人才职称评价基本标准条件', LIBRARY_AND_ENGINEERING),
  ...of('10', '文物博物专业人员职称评价基本标准条件', MUSEUMS),
];
