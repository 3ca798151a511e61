import { i18n } from '../../shared/i18n'
import { placeKinds } from '../registers/placeKinds'

/** What a kind of place is called: by the city that added it, or by us. */
export function kindOfPlace(code: string): string {
  const { t, te } = i18n.global
  return placeKinds(code).find((k) => k.code === code)?.name ?? (te(`choice.${code}`) ? t(`choice.${code}`) : code)
}
