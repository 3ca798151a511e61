/** How much of a table is read to find the names of its columns. */
const most = 64 * 1024

/** The names of the columns of a CSV file, in UTF-8 or GB18030, as the server reads them: fields in quotes may hold commas. */
export async function headsOf(file: Blob): Promise<string[]> {
  const bytes = new Uint8Array(await file.slice(0, most).arrayBuffer())
  let end = bytes.indexOf(10)
  if (end < 0) end = bytes.length
  const line = bytes.subarray(0, end)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(line)
  } catch {
    text = new TextDecoder('gb18030').decode(line)
  }
  return [...text.replace(/\r$/, '').matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)]
    .map((m) => (m[1] ?? m[2] ?? '').replaceAll('""', '"').trim())
    .filter((h) => h !== '')
}
