export { XLSX_TYPE, xlsx, type Sheet } from './xlsx';
