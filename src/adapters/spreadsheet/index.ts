export { XLSX_TYPE, xlsx, type Cells, type Holding, type Sheet } from './xlsx';
