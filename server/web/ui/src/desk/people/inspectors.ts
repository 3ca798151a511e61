import { computed, type ComputedRef } from 'vue'
import { answer } from '../../shared/answers'
import type { components } from '../../shared/api.gen'
import { api } from '../../shared/client'
import { everyPage } from '../../shared/pages'
import { useReading, type Reading } from '../../shared/reading'

type Person = components['schemas']['Person']

/** Everybody who inspects and may log in. */
export function useInspectors(): { reading: Reading<Person[]>; inspectors: ComputedRef<Person[]> } {
  const reading = useReading(() =>
    everyPage(
      (cursor) => answer(api.GET('/api/v1/people', { params: { query: { cursor, limit: 200 } } })),
      (page) => page.people,
    ),
  )
  const inspectors = computed(() =>
    (reading.data ?? []).filter((p) => !p.disabled && p.grants.some((g) => g.role === 'inspector')),
  )
  return { reading, inspectors }
}
