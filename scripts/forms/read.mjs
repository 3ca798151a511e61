// Reads a form of a report with a reader that did not write it, and says as JSON what it found: node read.mjs FILE.
// XLSX by exceljs: sheets with their cells, what they show, frozen heads, filters and print areas. DOCX by mammoth, as HTML.
import ExcelJS from 'exceljs'
import mammoth from 'mammoth'

// shown writes a value as its format shows it, for the formats that reports use; another one is an error.
function shown(value, format) {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  format = (format || '').replaceAll('\\', '')
  if (value instanceof Date) {
    const text = value.toISOString()
    if (format === 'yyyy-mm-dd') return text.slice(0, 10)
    if (format === 'yyyy-mm-dd hh:mm') return text.slice(0, 10) + ' ' + text.slice(11, 16)
  }
  if (typeof value !== 'number') throw new Error(`a cell holds ${JSON.stringify(value)} as ${format}`)
  const parts = format.split(';')
  let part = parts[0]
  if (value < 0 && parts.length > 1) part = parts[1]
  if (value === 0 && parts.length > 2) part = parts[2]
  const m = part.match(/^([+-]?)0(?:\.(0+))?( %| ?"[^"]*")?$/)
  if (!m) throw new Error(`the format ${format} is not one of a report`)
  const unit = (m[3] || '').replaceAll('"', '')
  const number = Math.abs(value) * (unit === ' %' ? 100 : 1)
  const sign = parts.length > 1 ? m[1] : value < 0 ? '-' : ''
  return sign + Number(number.toPrecision(15)).toFixed((m[2] || '').length) + unit
}

async function workbook(file) {
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(file)
  return book.worksheets.map((sheet) => {
    const rows = []
    let formulas = 0
    sheet.eachRow({ includeEmpty: true }, (row) => {
      const cells = []
      for (let n = 1; n <= sheet.columnCount; n++) {
        const cell = row.getCell(n)
        if (cell.formula) formulas++
        const merged = cell.isMerged && cell.master !== cell
        cells.push({ text: merged ? '' : shown(cell.value, cell.numFmt), type: merged ? 'merged' : cell.value instanceof Date ? 'date' : typeof cell.value })
      }
      rows.push(cells)
    })
    return { name: sheet.name, rows, formulas, frozen: sheet.views[0]?.state === 'frozen' ? sheet.views[0].ySplit : 0, filter: sheet.autoFilter || '',
      print: sheet.pageSetup.printArea || '', titles: sheet.pageSetup.printTitlesRow || '', fit: sheet.pageSetup.fitToPage, paper: sheet.pageSetup.paperSize, lies: sheet.pageSetup.orientation }
  })
}

const file = process.argv[2]
const found = file.endsWith('.xlsx') ? await workbook(file) : { html: (await mammoth.convertToHtml({ path: file }, { convertImage: mammoth.images.imgElement(async () => ({ src: 'picture' })) })).value }
process.stdout.write(JSON.stringify(found))
