export { clamdScanner, readClamdAddress, type ClamdAddress } from './clamd';
export { ScannerAwayError, type ScanVerdict, type VirusScanner } from './scanner';
