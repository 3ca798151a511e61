import { i18n } from './i18n'

/** A distance in words, in the unit that people say it in: 350 米, 23.6 公里. */
export function distance(metres: number): string {
  const { t } = i18n.global
  return metres < 1000
    ? t('similar.metres', { m: Math.round(metres) })
    : t('similar.kilometres', { km: (metres / 1000).toFixed(1) })
}
