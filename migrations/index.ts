import type { Knex } from 'knex';
import * as m0001 from './0001_init';
import * as m0011 from './0011_second_factor';
import * as m0010 from './0010_operators';
import * as m0004 from './0004_web';
import * as m0002 from './0002_sms';
import * as m0021c from './0021_copies';
import * as m0021 from './0021_eligibility';
import * as m0020 from './0020_continuing_education';
import * as m0019 from './0019_abandon';
import * as m0003 from './0003_corrections';
import * as m0013 from './0013_batches';
import * as m0024 from './0024_review_notes';
import * as m0025 from './0025_unit_publicity';
import * as m0026 from './0026_register_imports';
import * as m0014 from './0014_reference';
import * as m0015 from './0015_content';
import * as m0047 from './0047_auditor';
import * as m0048 from './0048_divisions';
import * as m0022 from './0022_attachments';
import * as m0027 from './0027_tasks';
import * as m0028 from './0028_roster';
import * as m0029 from './0029_queue_entries';
import * as m0030 from './0030_committees';
import * as m0031 from './0031_meetings';
import * as m0036 from './0036_certificates';
import * as m0037 from './0037_objections';
import * as m0050 from './0050_unit_invitations';
import * as m0051 from './0051_region_list';
import * as m0052 from './0052_staff_passwords';
import * as m0053 from './0053_mobile_corrections';
import * as m0054 from './0054_file_scans';
import * as m0055 from './0055_removed_files';
import * as m0056 from './0056_quick_grams';
import * as m0057 from './0057_long_lists';
import * as m0057r from './0057_result_order';
import * as m0058 from './0058_appeals';
import * as m0061 from './0061_metrics';
import * as m0062 from './0062_retention';
import * as m0066 from './0066_sheet_order';
import * as m0067 from './0067_requests_by_time';
import * as m0059 from './0059_printed_forms';
import * as m0060 from './0060_certificate_schemes';
import * as m0069 from './0069_job_workers';
import * as m0074 from './0074_bureau_phones';
import * as m0075 from './0075_withdrawn_reviews';
import * as m0071 from './0071_judge_notes';
import * as m0072 from './0072_result_news';
import * as m0070 from './0070_ballot_key_place';
import * as m0077 from './0077_publicity_count';
import * as m0079 from './0079_quiet_drafts';
import * as m0081 from './0081_permission_withdrawals';
import * as m0082 from './0082_permission_states_known';
import * as m0083 from './0083_faq_order';
import * as m0090 from './0090_withdrawal_known';

/** An explicit list: names never carry .ts or .js, so tsx, jest and dist share one history. A merged migration is never edited. */
const list: Record<string, Knex.Migration> = {
  '0001_init': m0001,
  '0002_sms': m0002,
  '0003_corrections': m0003,
  '0004_web': m0004,
  '0011_second_factor': m0011,
  '0019_abandon': m0019,
  '0010_operators': m0010,
  '0013_batches': m0013,
  '0020_continuing_education': m0020,
  '0021_copies': m0021c,
  '0021_eligibility': m0021,
  '0024_review_notes': m0024,
  '0025_unit_publicity': m0025,
  '0026_register_imports': m0026,
  '0014_reference': m0014,
  '0015_content': m0015,
  '0022_attachments': m0022,
  '0027_tasks': m0027,
  '0028_roster': m0028,
  '0029_queue_entries': m0029,
  '0030_committees': m0030,
  '0031_meetings': m0031,
  '0036_certificates': m0036,
  '0047_auditor': m0047,
  '0048_divisions': m0048,
  '0037_objections': m0037,
  '0050_unit_invitations': m0050,
  '0051_region_list': m0051,
  '0052_staff_passwords': m0052,
  '0053_mobile_corrections': m0053,
  '0054_file_scans': m0054,
  '0055_removed_files': m0055,
  '0056_quick_grams': m0056,
  '0057_long_lists': m0057,
  '0057_result_order': m0057r,
  '0058_appeals': m0058,
  '0061_metrics': m0061,
  '0062_retention': m0062,
  '0066_sheet_order': m0066,
  '0067_requests_by_time': m0067,
  '0059_printed_forms': m0059,
  '0060_certificate_schemes': m0060,
  '0069_job_workers': m0069,
  '0074_bureau_phones': m0074,
  '0075_withdrawn_reviews': m0075,
  '0071_judge_notes': m0071,
  '0072_result_news': m0072,
  '0070_ballot_key_place': m0070,
  '0077_publicity_count': m0077,
  '0079_quiet_drafts': m0079,
  '0081_permission_withdrawals': m0081,
  '0082_permission_states_known': m0082,
  '0083_faq_order': m0083,
  '0090_withdrawal_known': m0090,
};

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: () => Promise.resolve(Object.keys(list).sort()),
  getMigrationName: (name) => name,
  getMigration: (name) => Promise.resolve(list[name] as Knex.Migration),
};
