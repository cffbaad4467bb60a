import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const outsideStores = ['**/*.store.ts', '**/*.read.ts', 'src/db/**', 'migrations/**', 'seeds/**', 'test/**', 'bench/**'];
const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'settings are read in src/config.ts only',
};
const clock = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: "decisions go by the database's clock (app_now, databaseNow)",
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: "decisions go by the database's clock (app_now, databaseNow)",
  },
];
const queries = [
  { selector: 'CallExpression[callee.name=/^(trx|h|db)$/]', message: 'queries live in *.store.ts and *.read.ts' },
  { selector: "CallExpression[callee.property.name='raw']", message: 'queries live in *.store.ts and *.read.ts' },
  { selector: "CallExpression[callee.object.name='deps'][callee.property.name='db']", message: 'queries live in *.store.ts and *.read.ts' },
];

/** lib <- form, db, policy, audit <- adapters, jobs, http <- modules <- app */
const zone = (target, ...from) => ({ target: `./src/${target}`, from: from.map((f) => `./src/${f}`) });
const app = [
  'app.ts',
  'compose.ts',
  'main.ts',
  'routes.ts',
  'navigation.ts',
  'help.ts',
  'job-handlers.ts',
  'metrics.ts',
  'metrics.read.ts',
  'readiness.ts',
  'serve.ts',
  'cluster.ts',
  'worker.ts',
  'work.ts',
  'program.ts',
  'load-program.ts',
  'prepare-database.ts',
  'process-end.ts',
  'prune-expired.ts',
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'public/**', '.data/**', 'coverage/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs', '*.cjs', 'scripts/*.mjs', '.puppeteerrc.cjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver': { node: { extensions: ['.ts', '.js', '.json'] } },
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      eqeqeq: 'error',
      // the full-width blank is Chinese typography
      'no-irregular-whitespace': ['error', { skipStrings: true, skipTemplates: true }],
      // knex types its rows loosely: the assertion after a query is where a row gets its shape
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'import-x/no-cycle': ['error', { maxDepth: 12 }],
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            zone('lib', 'form', 'db', 'policy', 'audit', 'adapters', 'jobs', 'http', 'modules', ...app),
            zone('form', 'db', 'policy', 'audit', 'adapters', 'jobs', 'http', 'modules', ...app),
            zone('db', 'form', 'policy', 'audit', 'adapters', 'jobs', 'http', 'modules', ...app),
            zone('policy', 'form', 'db', 'audit', 'adapters', 'jobs', 'http', 'modules', ...app),
            zone('audit', 'form', 'policy', 'adapters', 'jobs', 'http', 'modules', ...app),
            zone('adapters', 'form', 'policy', 'audit', 'jobs', 'http', 'modules', ...app),
            zone('jobs', 'form', 'policy', 'audit', 'adapters', 'http', 'modules', ...app),
            zone('http', 'adapters', 'jobs', 'modules', ...app),
            zone('modules', ...app),
          ],
        },
      ],
    },
  },
  { files: ['src/**/*.ts'], rules: { 'no-restricted-syntax': ['error', environment] } },
  {
    files: ['src/**/*.ts'],
    ignores: outsideStores,
    rules: {
      'no-restricted-syntax': ['error', environment, ...queries],
      'no-restricted-imports': ['error', { paths: [{ name: 'knex', message: 'use src/db' }] }],
    },
  },
  {
    files: ['src/{lib,form,policy}/**/*.ts', 'src/modules/**/*.ts'],
    ignores: outsideStores,
    rules: { 'no-restricted-syntax': ['error', environment, ...queries, ...clock] },
  },
  { files: ['src/modules/**/*.{store,read}.ts'], rules: { 'no-restricted-syntax': ['error', environment, ...clock] } },
  { files: ['src/config.ts', 'src/db/**/*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['src/serve.ts', 'src/cluster.ts', 'src/program.ts', 'src/work.ts', 'scripts/**', 'test/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', module: 'writable', URL: 'readonly' } },
  },
  prettier,
);
