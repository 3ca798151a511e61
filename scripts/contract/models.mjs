// Prints the schemas of the contract as one JSON Schema, for generators of models that read no OpenAPI.
import { readFileSync } from 'node:fs'

const { components } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const text = JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', definitions: components.schemas })
console.log(text.replaceAll('#/components/schemas/', '#/definitions/'))
