export { XLSX_TYPE, xlsx, type Cells, type Sheet } from './xlsx';
