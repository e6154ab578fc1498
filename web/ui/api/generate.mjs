// generate.mjs: src/api/openapi.d.ts from api/openapi.json, which is what the server says of its API at /api/v2/openapi
// (tests/e2e/ui_api_test.py compares them, and writes it anew with POSTERN_WRITE_DOCS=1).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import openapi, { astToString } from 'openapi-typescript';
import ts from 'typescript';

const folder = new URL('.', import.meta.url);
const kAnyTypes = 6; // the server describes a value of any kind by naming every kind
const transform = (schema) => (Array.isArray(schema.type) && schema.type.length >= kAnyTypes ? ts.factory.createKeywordTypeNode(ts.SyntaxKind.UnknownKeyword) : undefined);
const tree = await openapi(JSON.parse(readFileSync(new URL('openapi.json', folder), 'utf8')), { transform, emptyObjectsUnknown: true, silent: true });
const file = new URL('../src/api/openapi.d.ts', folder);
const text = astToString(tree);
if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text); // the page is built again when it changes
