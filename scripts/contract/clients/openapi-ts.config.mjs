// How hey-api makes its client: imports end in .js, so that Node runs what tsc makes of it.
export default {
  input: process.env.CONTRACT,
  output: { path: 'hey', importFileExtension: '.js' },
  plugins: ['@hey-api/client-fetch', '@hey-api/sdk', '@hey-api/typescript'],
}
