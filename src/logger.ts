import { pino, type Logger } from 'pino';

/** Structured log lines; names of fields that could hold personal data are never written. */
export function makeLogger(level: string): Logger {
  return pino({ level, redact: { paths: ['req.headers', 'res.headers', '*.password', '*.idNumber', '*.mobile'], remove: true } });
}
