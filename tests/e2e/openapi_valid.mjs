// openapi_valid.mjs FILE: what a public validator says of an OpenAPI document, as JSON.
import { Validator } from "@seriousme/openapi-schema-validator";

const validator = new Validator();
const result = await validator.validate(process.argv[2]);
console.log(JSON.stringify({ version: validator.version, errors: result.valid ? [] : [].concat(result.errors) }));
