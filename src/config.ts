import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readClamdAddress, type ClamdAddress } from './adapters/scanning/clamd';
import type { S3Settings } from './adapters/storage/s3-storage';

const flag = z.enum(['0', '1']).transform((v) => v === '1');

const environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  DATABASE_URL: z.string().optional(),
  MIGRATE_DATABASE_URL: z.string().optional(),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  DATA_DIR: z.string().optional(),
  DEMO: flag.optional(),
  BASE_URL: z.url().optional(),
  SECRETS_FILE: z.string().optional(),
  TRUST_PROXY_HOPS: z.coerce.number().int().min(0).max(5).default(0),
  PUPPETEER_EXECUTABLE_PATH: z.string().optional(),
  EXTRA_FONTS: z.string().optional(),
  SUPPORT_PHONE: z.string().default('0531-81919792'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  RUN_JOBS: flag.default(true),
  WEB_PROCESSES: z.coerce.number().int().min(1).max(64).default(1),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  DRAIN_SECONDS: z.coerce.number().int().min(0).max(300).optional(),
  MAX_ACTIVE: z.coerce.number().int().min(1).max(10_000).default(48),
  MAX_WAITING: z.coerce.number().int().min(0).max(100_000).default(300),
  MAX_UPLOADS: z.coerce.number().int().min(1).max(10_000).default(128),
  SECOND_FACTOR: z.enum(['required', 'offered', 'off']).optional(),
  SMS_GATEWAY_URL: z.url({ protocol: /^https?$/ }).optional(),
  SMS_GATEWAY_KEY: z.string().min(16).optional(),
  SMS_GATEWAY_ACCOUNT: z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .optional(),
  EDU_PLATFORM_URL: z.url({ protocol: /^https?$/ }).optional(),
  EDU_PLATFORM_KEY: z.string().min(16).optional(),
  EDU_PLATFORM_ACCOUNT: z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .optional(),
  EDU_PLATFORM_NAME: z.string().default('专业技术人员继续教育公共服务平台'),
  CERTIFICATE_KEY_FILE: z.string().optional(),
  CLAMD: z.string().optional(),
  S3_BUCKET: z.string().optional(),
  S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_PREFIX: z
    .string()
    .regex(/^[\w./-]*\/$/, 'must end in /')
    .optional(),
  S3_ACCESS_KEY: z.string().optional(),
  S3_SECRET_KEY_FILE: z.string().optional(),
  BACKUP_DIR: z.string().optional(),
  BACKUP_KEY_FILE: z.string().optional(),
  SMS_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(300),
});

/** Every variable that is read; docs/operations.md has a line for each. */
export const settingNames = Object.keys(environment.shape);

const secretsShape = z.object({
  session: z.string().min(32),
  cipher: z.object({ current: z.string(), ring: z.record(z.string(), z.string()) }),
  index: z.string().min(32),
});
export type Secrets = z.infer<typeof secretsShape>;

export interface Config {
  readonly production: boolean;
  readonly demo: boolean;
  readonly host: string;
  readonly port: number;
  readonly baseUrl: string | undefined;
  readonly databaseUrl: string | undefined;
  /** the account that changes the schema (S57); undefined: the one of databaseUrl does */
  readonly migrateDatabaseUrl: string | undefined;
  readonly databasePool: number;
  /** the project's folder: holds views/, public/, node_modules/ */
  readonly rootDir: string;
  /** everything this installation writes: attachments, embedded database, unpacked browser */
  readonly dataDir: string;
  readonly trustProxyHops: number;
  readonly secureCookies: boolean;
  readonly browserPath: string | undefined;
  /** a folder of fonts for characters that the program's own lack; absolute */
  readonly extraFonts: string | undefined;
  readonly supportPhone: string;
  /** templates are read anew for each page: while somebody works on them, under `npm run dev` */
  readonly reloadViews: boolean;
  readonly logLevel: string;
  readonly runJobs: boolean;
  /** so many processes share the port */
  readonly webProcesses: number;
  /** where the metrics of this installation are told; undefined: nowhere */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** a process that ends goes on serving for so long, in ms, after it has begun to answer /readyz with 503 */
  readonly drainMs: number;
  /** F20, in each process: pages and saves worked on at once, waiting of each kind, uploads at once */
  readonly maxActive: number;
  readonly maxWaiting: number;
  readonly maxUploads: number;
  /** S10: whether the accounts of units and authorities need a second factor to sign in, may set one, or are never asked for one */
  readonly secondFactor: 'required' | 'offered' | 'off';
  /** where short messages go; undefined: they stay in the outbox table */
  readonly smsGateway: { readonly url: string; readonly key: string; readonly account: string } | undefined;
  /** where records of continuing education are asked for; undefined: bureaus import them */
  readonly learningPlatform: { readonly url: string; readonly key: string; readonly account: string; readonly name: string } | undefined;
  /** PEM file with the key that certificates are signed with and its certificates; undefined: production issues none, otherwise one is made in dataDir */
  readonly certificateKeyFile: string | undefined;
  /** the virus scanner that uploads go through; undefined: they are not scanned (S51) */
  readonly clamd: ClamdAddress | undefined;
  /** the bucket that contents are kept in; undefined: a folder below dataDir */
  readonly s3: S3Settings | undefined;
  /** at most so many short messages of the whole site in one minute (S08) */
  readonly smsPerMinute: number;
  /** where `npm run backup` writes; in production a place outside of this host (S58) */
  readonly backupDir: string;
  /** 32 bytes that encrypt backups; undefined: they are not encrypted */
  readonly backupKey: Buffer | undefined;
  readonly secrets: Secrets;
}

/** A setting that is wrong or missing: the message says which and what to do. */
export class ConfigError extends Error {}

function findRoot(from: string): string {
  for (let dir = from; ; dir = path.dirname(dir)) {
    if (fs.existsSync(path.join(dir, 'views')) && fs.existsSync(path.join(dir, 'package.json'))) return dir;
    if (dir === path.dirname(dir)) throw new ConfigError(`no project folder (views/, package.json) found above ${from}`);
  }
}

/** What a file that a setting names holds; a fault of it names the setting. */
function readNamed<T>(name: string, file: string, read: (text: string) => T): T {
  try {
    return read(fs.readFileSync(file, 'utf8'));
  } catch (e) {
    if (e instanceof ConfigError) throw e;
    throw new ConfigError(
      `${name}: ${e instanceof z.ZodError ? `${file} does not hold what it should (docs/operations.md)` : (e as Error).message}`,
    );
  }
}
const readSecrets = (name: string, file: string): Secrets => readNamed(name, file, (text) => secretsShape.parse(JSON.parse(text)));

/** Keys of a development or demonstration run: made once, kept beside the data they protect. Production names its own file. */
function developmentSecrets(dataDir: string): Secrets {
  const file = path.join(dataDir, 'secrets.json');
  if (!fs.existsSync(file)) {
    fs.mkdirSync(dataDir, { recursive: true });
    const made: Secrets = {
      session: randomBytes(32).toString('base64'),
      cipher: { current: 'k1', ring: { k1: randomBytes(32).toString('base64') } },
      index: randomBytes(32).toString('base64'),
    };
    fs.writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 });
  }
  return readSecrets('DATA_DIR', file);
}

/** All three settings of the gateway or none; production can't do without, because nobody would ever see a code there. */
function gatewayOf(e: z.infer<typeof environment>, production: boolean): Config['smsGateway'] {
  const names = ['SMS_GATEWAY_URL', 'SMS_GATEWAY_KEY', 'SMS_GATEWAY_ACCOUNT'] as const;
  const missing = names.filter((k) => !e[k]);
  if (missing.length > 0 && (production || missing.length < names.length))
    throw new ConfigError(`missing ${missing.join(', ')}: the gateway for short messages needs all three (docs/sms-gateway.md)`);
  if (!e.SMS_GATEWAY_URL || !e.SMS_GATEWAY_KEY || !e.SMS_GATEWAY_ACCOUNT) return undefined;
  if (production && !e.SMS_GATEWAY_URL.startsWith('https:')) throw new ConfigError('SMS_GATEWAY_URL must begin with https: in production');
  return { url: e.SMS_GATEWAY_URL, key: e.SMS_GATEWAY_KEY, account: e.SMS_GATEWAY_ACCOUNT };
}

/** All three settings of the continuing education platform or none. */
function learningPlatformOf(e: z.infer<typeof environment>, production: boolean): Config['learningPlatform'] {
  const { EDU_PLATFORM_URL: url, EDU_PLATFORM_KEY: key, EDU_PLATFORM_ACCOUNT: account } = e;
  if (!url && !key && !account) return undefined;
  if (!url || !key || !account)
    throw new ConfigError(
      'the continuing education platform needs EDU_PLATFORM_URL, EDU_PLATFORM_KEY and EDU_PLATFORM_ACCOUNT (docs/continuing-education.md)',
    );
  if (production && !url.startsWith('https:')) throw new ConfigError('EDU_PLATFORM_URL must begin with https: in production');
  return { url, key, account, name: e.EDU_PLATFORM_NAME };
}

/** The key that backups are encrypted with, as base64 of 32 bytes in a file of its own. */
function backupKeyOf(file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  const key = readNamed('BACKUP_KEY_FILE', file, (text) => Buffer.from(text.trim(), 'base64'));
  if (key.length !== 32) throw new ConfigError('BACKUP_KEY_FILE: the file must hold 32 bytes as base64 (openssl rand -base64 32)');
  return key;
}

function clamdOf(text: string | undefined): ClamdAddress | undefined {
  if (text === undefined) return undefined;
  const address = readClamdAddress(text);
  if (!address) throw new ConfigError('CLAMD: give host:port, or the path of the local socket, of a clamd');
  return address;
}

/** A bucket with its key or none. */
function s3Of(e: z.infer<typeof environment>, production: boolean): S3Settings | undefined {
  const { S3_BUCKET: bucket, S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY_FILE: file } = e;
  if (!bucket && !endpoint && !accessKey && !file) return undefined;
  if (!bucket || !accessKey || !file) throw new ConfigError('an S3 store needs S3_BUCKET, S3_ACCESS_KEY and S3_SECRET_KEY_FILE');
  if (production && endpoint?.startsWith('http:')) throw new ConfigError('S3_ENDPOINT must begin with https: in production');
  return {
    endpoint,
    bucket,
    accessKey,
    region: e.S3_REGION,
    prefix: e.S3_PREFIX ?? '',
    secretKey: readNamed('S3_SECRET_KEY_FILE', file, (text) => text.trim()),
  };
}

/**
 * The checked settings, from the environment. Throws ConfigError with one line per fault.
 * Production needs DATABASE_URL, BASE_URL, DATA_DIR, SECRETS_FILE and the gateway for short messages, and refuses DEMO.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const read = environment.safeParse(Object.fromEntries(Object.entries(env).filter(([, v]) => v !== '')));
  if (!read.success) throw new ConfigError(read.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('\n'));
  const e = read.data;
  const production = e.NODE_ENV === 'production';
  const rootDir = findRoot(__dirname);
  const dataDir = path.resolve(e.DATA_DIR ?? path.join(rootDir, '.data'));
  if (production) {
    const missing = (['DATABASE_URL', 'BASE_URL', 'SECRETS_FILE', 'DATA_DIR'] as const).filter((k) => !e[k]);
    if (missing.length > 0)
      throw new ConfigError(`production needs ${missing.join(', ')} (see the table of settings in docs/operations.md)`);
    if (e.DEMO) throw new ConfigError('DEMO=1 is refused in production: demonstration data must never meet real people');
  }
  const secrets = e.SECRETS_FILE ? readSecrets('SECRETS_FILE', e.SECRETS_FILE) : developmentSecrets(dataDir);
  return Object.freeze({
    production,
    demo: e.DEMO ?? (!production && e.DATABASE_URL === undefined),
    host: e.HOST,
    port: e.PORT,
    baseUrl: e.BASE_URL,
    databaseUrl: e.DATABASE_URL,
    migrateDatabaseUrl: e.MIGRATE_DATABASE_URL,
    databasePool: e.DATABASE_POOL,
    rootDir,
    dataDir,
    trustProxyHops: e.TRUST_PROXY_HOPS,
    secureCookies: production,
    browserPath: e.PUPPETEER_EXECUTABLE_PATH,
    extraFonts: e.EXTRA_FONTS === undefined ? undefined : path.resolve(e.EXTRA_FONTS),
    supportPhone: e.SUPPORT_PHONE,
    reloadViews: env.npm_lifecycle_event === 'dev',
    logLevel: e.LOG_LEVEL,
    runJobs: e.RUN_JOBS,
    webProcesses: e.WEB_PROCESSES,
    metrics: e.METRICS_PORT === undefined ? undefined : { host: e.METRICS_HOST, port: e.METRICS_PORT },
    drainMs: (e.DRAIN_SECONDS ?? (production ? 6 : 0)) * 1000,
    maxActive: e.MAX_ACTIVE,
    maxWaiting: e.MAX_WAITING,
    maxUploads: e.MAX_UPLOADS,
    secondFactor: e.SECOND_FACTOR ?? (production ? 'required' : 'off'),
    smsGateway: gatewayOf(e, production),
    learningPlatform: learningPlatformOf(e, production),
    smsPerMinute: e.SMS_PER_MINUTE,
    certificateKeyFile: e.CERTIFICATE_KEY_FILE,
    clamd: clamdOf(e.CLAMD),
    s3: s3Of(e, production),
    backupDir: path.resolve(e.BACKUP_DIR ?? path.join(dataDir, 'backups')),
    backupKey: backupKeyOf(e.BACKUP_KEY_FILE),
    secrets,
  });
}
