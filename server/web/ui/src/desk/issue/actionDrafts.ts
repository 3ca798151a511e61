import { reactive } from 'vue'
import { prefilled, type ActionKind, type ActionRequest, type Issue } from './actionForms'
import type { DeskPhoto } from './deskPhotos'

/** What somebody has chosen and written for an action and not sent yet. */
export interface ActionDraft {
  values: Partial<ActionRequest>
  photos: DeskPhoto[]
}

const drafts = new Map<string, ActionDraft>()

/** The draft of an action: begun with what is known, and the same again when its form is left and opened, or the issue is read anew. */
export function draftOf(issue: Issue, action: ActionKind, byPhoto: boolean): ActionDraft {
  const key = `${issue.id}/${action}`
  const known = drafts.get(key)
  if (known) return known
  const begun = reactive<ActionDraft>({ values: prefilled(action, issue, byPhoto), photos: [] })
  drafts.set(key, begun)
  return begun
}

/** Forgets a draft: it was sent. */
export function forgetDraft(issue: string, action: ActionKind): void {
  drafts.get(`${issue}/${action}`)?.photos.forEach((p) => URL.revokeObjectURL(p.url))
  drafts.delete(`${issue}/${action}`)
}
