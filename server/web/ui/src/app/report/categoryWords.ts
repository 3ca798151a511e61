import type { Category } from '../offlineStore'

/** What people say of things that the catalogue names otherwise, with what they mean: codes, or groups of the catalogue. */
const spoken: Record<string, string[]> = {
  卫生死角: ['06011', '06010', '06036'],
  死角: ['06011', '06010', '06036'],
  牛皮癣: ['posters'],
  小广告: ['posters'],
  烟头: ['litter'],
  烟蒂: ['litter'],
  垃圾: ['06010', 'litter'],
  渣土: ['construction', 'road_mud'],
  泥巴: ['road_mud'],
  占道: ['street_order'],
  井盖: ['facility'],
}

/** The first characters that begin with each letter, in the order of their sounds. */
const firsts = '阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨它穵夕丫帀'
const letters = 'abcdefghjklmnopqrstwxyz'
const sounds = new Intl.Collator('zh-Hans-CN-u-co-pinyin')

/** The letters with which the sounds of a text begin: 暴露垃圾 is bllj. */
export function initialsOf(text: string): string {
  return [...text]
    .map((c) => {
      if (!/[一-鿿]/.test(c)) return c.toLowerCase()
      let n = 0
      while (n + 1 < firsts.length && sounds.compare(c, firsts[n + 1]!) >= 0) n++
      return letters[n]
    })
    .join('')
}

/** Whether a category is what somebody looks for: by its name in both languages, its code, what people call it, or the first letters of its sounds. */
export function isMeant(c: Category, wanted: string): boolean {
  const text = wanted.trim().toLowerCase()
  if (!text) return true
  if (c.name_zh.includes(text) || c.name_en.toLowerCase().includes(text) || c.code.startsWith(text)) return true
  const said = Object.entries(spoken).filter(([words]) => words.includes(text) || initialsOf(words) === text)
  if (said.some(([, meant]) => meant.includes(c.code) || meant.includes(c.group))) return true
  return /^[a-z]{2,}$/.test(text) && initialsOf(c.name_zh).includes(text)
}
