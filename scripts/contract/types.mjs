// Writes the types of the contract for openapi-fetch: bytes are Blobs, as the page of openapi-typescript shows it.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'

const [contract, out] = process.argv.slice(2)
const blob = ts.factory.createTypeReferenceNode('Blob')
const types = await openapiTS(pathToFileURL(contract), { transform: (schema) => (schema.format === 'binary' ? blob : undefined) })
writeFileSync(out, astToString(types))
