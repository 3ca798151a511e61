const workbook = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** What file pickers offer for a table. */
export const tables = `.csv,.tsv,.txt,.xlsx,.xlsm,text/csv,${workbook}`

/** How a file is sent: the server looks at what it holds, whatever it is called. */
export function mediaOf(file: File): string {
  return /\.xls[xm]$/i.test(file.name) ? workbook : 'text/csv'
}

/** The part of an address that says which table of a file is meant; empty where nothing was said. */
export function choiceOf(sheet: string, heads: string): string {
  const query = new URLSearchParams()
  if (sheet) query.set('sheet', sheet)
  if (heads) query.set('heads', heads)
  return query.size > 0 ? `&${query}` : ''
}
