/**
 * The smallest honest program that does the work of a storm: Express, PostgreSQL, Nunjucks, argon2id, nothing that makes it a service (no sign-in, no form
 * tokens, no checks, no audit). A process of its own; says its port on standard output. DATABASE_URL, UPLOAD_DIR, PROCESSES.
 */
import cluster from 'node:cluster';
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import express from 'express';
import multer from 'multer';
import nunjucks from 'nunjucks';
import { Pool } from 'pg';
import { hashPassword, verifyPassword } from '../../src/adapters/passwords';

const FIELDS = 40;
const template = `<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{{ title }}</title></head><body><main><h1>{{ title }}</h1>
<form method="post" action="/save">{% for f in fields %}<div class="field"><label for="f{{ loop.index }}">{{ f.label }}</label>
<p class="hint" id="h{{ loop.index }}">{{ f.hint }}</p><input id="f{{ loop.index }}" name="f{{ loop.index }}" value="{{ f.value }}" aria-describedby="h{{ loop.index }}"></div>
{% endfor %}<button>保存</button></form></main></body></html>`;

function makeApp(pool: Pool, uploads: string): express.Express {
  const page = nunjucks.compile(template, new nunjucks.Environment(null, { autoescape: true }));
  const app = express();
  const hashed = hashPassword('a password of the floor');
  const read = multer({ storage: multer.memoryStorage(), limits: { fileSize: 6_000_000 } });
  app.get('/page', async (req, res) => {
    const { rows } = await pool.query<{ content: Record<string, string> }>('SELECT content FROM floor_forms WHERE id = $1', [req.query.id]);
    const content = rows[0]?.content ?? {};
    const fields = Array.from({ length: FIELDS }, (_, i) => ({
      label: `第${i + 1}项`,
      hint: '请按照证件上的内容填写，没有的填写「无」',
      value: content[`f${i + 1}`] ?? '',
    }));
    res.type('html').send(page.render({ title: '申报信息', fields }));
  });
  app.post('/save', express.urlencoded({ extended: false }), async (req, res) => {
    await pool.query(
      'INSERT INTO floor_forms (id, content) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET content = excluded.content, saved_at = now()',
      [req.query.id, JSON.stringify(req.body)],
    );
    res.redirect(303, '/page');
  });
  app.post('/sign-in', express.urlencoded({ extended: false }), async (_req, res) => {
    await verifyPassword(await hashed, 'a password of the floor');
    res.redirect(303, '/page');
  });
  app.post('/upload', read.single('file'), async (req, res) => {
    const content = req.file?.buffer ?? Buffer.alloc(0);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const file = await fs.open(path.join(uploads, randomUUID()), 'wx');
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await pool.query('INSERT INTO floor_files (sha256, size) VALUES ($1, $2)', [sha256, content.length]);
    res.redirect(303, '/page');
  });
  return app;
}

async function main(): Promise<void> {
  const processes = Number(process.env.PROCESSES ?? 1);
  const { DATABASE_URL, UPLOAD_DIR } = process.env;
  if (!DATABASE_URL || !UPLOAD_DIR) throw new Error('DATABASE_URL and UPLOAD_DIR say where the floor works');
  if (cluster.isPrimary) {
    const pool = new Pool({ connectionString: DATABASE_URL, max: 1 });
    await pool.query(
      `CREATE TABLE IF NOT EXISTS floor_forms (id text PRIMARY KEY, content jsonb NOT NULL, saved_at timestamptz NOT NULL DEFAULT now());
       CREATE TABLE IF NOT EXISTS floor_files (id bigserial PRIMARY KEY, sha256 text NOT NULL, size int NOT NULL)`,
    );
    await pool.end();
    let up = 0;
    for (let i = 0; i < processes; i++)
      cluster.fork().on('listening', (address) => {
        if (++up === processes) process.stdout.write(`listening ${address.port}\n`);
      });
    process.on('SIGTERM', () => {
      for (const worker of Object.values(cluster.workers ?? {})) worker?.kill();
      process.exit(0);
    });
    return;
  }
  makeApp(new Pool({ connectionString: DATABASE_URL, max: 10 }), UPLOAD_DIR).listen(0, '127.0.0.1');
}

main().catch((e: unknown) => {
  process.stderr.write(`${String((e as Error).stack ?? e)}\n`);
  process.exitCode = 1;
});
