// Writes src/api/schema.d.ts from the server's own description; with --check it only says whether that is up to date.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const ROOT = new URL('../../../', import.meta.url);
const FILE = new URL('../src/api/schema.d.ts', import.meta.url);
const HEAD = '// Made by `npm run types` from the server’s OpenAPI description; do not edit.\n';
const DESCRIBE = `
import json
from app.resources import APIS
from web.api.openapi import document
routes = [route for api in APIS for route in api.routes]
print(json.dumps(document(routes, title="hotline", version="0", cookie="hotline")))
`;

const described = execFileSync('.venv/bin/python', ['-c', DESCRIBE], { cwd: ROOT, maxBuffer: 1 << 26 });
const made = HEAD + astToString(await openapiTS(JSON.parse(described.toString())));
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, made);
} else if (readFileSync(FILE, 'utf8') !== made) {
  console.error('src/api/schema.d.ts does not match the server: npm run types');
  process.exit(1);
}
