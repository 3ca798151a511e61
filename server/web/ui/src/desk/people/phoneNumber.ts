/** The number of a phone as the server keeps it: digits, with + before the code of a country that is not China; undefined for what is no number. */
export function phoneNumber(text: string): string | undefined {
  const typed = text
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Cc}]/gu, '')
    .replace(/[\s\p{Pd}().·−]/gu, '')
  if (!/^\+?\d+$/.test(typed)) return undefined
  let abroad = typed.startsWith('+')
  let number = typed.replace('+', '')
  if (!abroad && number.startsWith('00')) {
    abroad = true
    number = number.slice(2)
  }
  if (/^861\d{10}$/.test(number)) {
    abroad = false
    number = number.slice(2)
  }
  if (number.length < 5 || number.length > 20) return undefined
  return abroad ? `+${number}` : number
}
