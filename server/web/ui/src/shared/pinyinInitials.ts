/** The first characters, in the order of pinyin, of the syllables that begin with each letter: a character lies behind the last of them that it does not precede. */
const firsts = [...'阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨他穵夕丫帀']
const letters = 'abcdefghjklmnopqrstwxyz'
const order = new Intl.Collator('zh-Hans-u-co-pinyin')

/** The letter of a character: of its usual reading; what is no Chinese character stays as it is, in small letters. */
function initialOf(character: string): string {
  if (!/\p{Script=Han}/u.test(character)) return character.toLowerCase()
  return letters[firsts.filter((first) => order.compare(first, character) <= 0).length - 1] ?? ''
}

/** The initials of a name: 龙华环卫一班 gives lhhwyb. */
export function pinyinInitials(name: string): string {
  return [...name.normalize('NFKC')].map(initialOf).join('')
}

/** Whether what was typed names something: by a part of its name, or by initials of neighbours in it. Width, case and spaces do not matter. */
export function namedBy(name: string, typed: string): boolean {
  const wanted = typed.normalize('NFKC').toLowerCase().replace(/\s/g, '')
  const plain = name.normalize('NFKC').toLowerCase().replace(/\s/g, '')
  return plain.includes(wanted) || (/^[a-z0-9]+$/.test(wanted) && pinyinInitials(plain).includes(wanted))
}
