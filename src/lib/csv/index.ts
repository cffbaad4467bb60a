/** Importing tables: `readCsv` reads a file, the caller checks and stores its rows in sets, `importReport` says what became of them. */
export { importReport, NAMED_PROBLEMS, type ImportReport } from './import-report';
export { readCsv, type CsvColumn, type CsvEncoding, type CsvRow, type CsvTable } from './read-csv';
