import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'
import { bytesOf, dropShots, forget, remember, remembered, shotsOf, type Shot } from '../../outbox/keep'
import { owner } from '../../outbox/owner'
import { bestEffort } from '../../shared/answers'

/** A photo of a draft, with where the page can show it. */
export type Shown = Shot & { url: string }

/** How long a photo that was taken away can be restored; milliseconds. Until then its bytes stay, and a kill brings it back. */
const regret = 8000

/** How long after the last change of a field it is kept; milliseconds. */
const pause = 400

/** Names a draft of who is logged in, or of a link: whoever else uses this phone has their own. */
export function draftName(of: string): string {
  return `${owner()}/${of}`
}

/** What is photographed and written and not sent yet. It is there again when the app is, whatever ended it; what was sent or given up is not. */
export function useDraft(
  of: string,
  fields: Record<string, Ref<unknown>>,
): {
  name: string
  shots: Ref<Shown[]>
  took: (shot: Shot, url: string) => void
  /** Takes a photo away; for a while `removed` says that it can be restored. */
  drop: (id: string) => void
  removed: Ref<boolean>
  restore: () => void
  sent: (ids: string[]) => void
} {
  const name = draftName(of)
  const key = `draft:${name}`
  const shots = ref<Shown[]>([])
  const first = values()
  let timer: ReturnType<typeof setTimeout> | undefined
  let gone: { shot: Shown; at: number; timer: ReturnType<typeof setTimeout> } | undefined
  const removed = ref(false)
  let over = false // something was sent: what is still being read of the draft before is not shown any more

  function add(shot: Shot, url: string): void {
    if (shots.value.some((s) => s.id === shot.id)) URL.revokeObjectURL(url)
    else shots.value.push({ ...shot, url })
  }
  /** What was taken away is gone for good. */
  function forgetGone(): void {
    if (!gone) return
    clearTimeout(gone.timer)
    URL.revokeObjectURL(gone.shot.url)
    void bestEffort('a photo that was taken away stays', dropShots([gone.shot.id]))
    gone = undefined
    removed.value = false
  }
  function values(): Record<string, unknown> {
    return JSON.parse(
      JSON.stringify(Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, v.value]))),
    ) as Record<string, unknown>
  }
  function keep(): void {
    clearTimeout(timer)
    timer = undefined
    const now = values()
    const work = JSON.stringify(now) === JSON.stringify(first) ? forget(key) : remember(key, now)
    void bestEffort('what is written is not kept', work) // a phone that is full says so with its photos
  }
  onMounted(async () => {
    const [kept, taken] = await Promise.all([remembered<Record<string, unknown>>(key), shotsOf(name)])
    if (over) return
    for (const [k, v] of Object.entries(kept ?? {})) {
      const field = fields[k]
      if (field && JSON.stringify(field.value) === JSON.stringify(first[k])) field.value = v // nobody has written there meanwhile
    }
    for (const shot of taken) {
      const bytes = await bytesOf(shot.id)
      if (over) return
      if (bytes) add(shot, URL.createObjectURL(new Blob([bytes.data], { type: bytes.type })))
    }
  })
  watch(Object.values(fields), () => {
    clearTimeout(timer)
    timer = setTimeout(keep, pause)
  })
  const hidden = (): void => {
    if (timer !== undefined) keep()
  }
  document.addEventListener('visibilitychange', hidden)
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', hidden)
    hidden()
    forgetGone()
    shots.value.forEach((s) => URL.revokeObjectURL(s.url))
  })
  return {
    name,
    shots,
    took: add,
    removed,
    drop(id) {
      const at = shots.value.findIndex((s) => s.id === id)
      const shot = shots.value[at]
      if (!shot) return
      forgetGone()
      gone = { shot, at, timer: setTimeout(forgetGone, regret) }
      removed.value = true
      shots.value = shots.value.filter((s) => s.id !== id)
    },
    restore() {
      if (!gone) return
      clearTimeout(gone.timer)
      shots.value = [...shots.value.slice(0, gone.at), gone.shot, ...shots.value.slice(gone.at)]
      gone = undefined
      removed.value = false
    },
    /** These photos stand in the outbox now, or were not needed after all; what was written is forgotten. One that was taken meanwhile stays. */
    sent(ids) {
      over = true
      clearTimeout(timer)
      timer = undefined
      shots.value.filter((s) => ids.includes(s.id)).forEach((s) => URL.revokeObjectURL(s.url))
      shots.value = shots.value.filter((s) => !ids.includes(s.id))
      void forget(key)
      void shotsOf(name).then((left) => dropShots(left.map((s) => s.id).filter((id) => ids.includes(id))))
    },
  }
}
