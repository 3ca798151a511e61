import type { components } from '../../shared/api.gen'

export type PlanTask = components['schemas']['PlanTask']
export type Milestone = PlanTask['milestones'][number]

/** How a task can stand, worst first. */
export const planStates = ['late', 'on_time', 'early', 'planned', 'suspended'] as const satisfies PlanTask['state'][]

/** What a form of a task holds: every field of the contract, as people type it. */
export interface PlanDraft {
  unit: string
  title: string
  note: string
  planned_from: string
  planned_to: string
  real_from: string
  real_to: string
  /** In yuan, as it is typed. */
  budget: number | ''
  milestones: { title: string; due: string; done: string }[]
  hold: { reason: string; from: string; to: string }
  enabled: boolean
}

/** A task as its form begins; a new one is empty. */
export function draftOf(task: PlanTask | undefined): PlanDraft {
  return {
    unit: task?.unit ?? '',
    title: task?.title ?? '',
    note: task?.note ?? '',
    planned_from: task?.planned_from ?? '',
    planned_to: task?.planned_to ?? '',
    real_from: task?.real_from ?? '',
    real_to: task?.real_to ?? '',
    budget: task?.budget_fen ? task.budget_fen / 100 : '',
    milestones: (task?.milestones ?? []).map((m) => ({ title: m.title, due: m.due, done: m.done ?? '' })),
    hold: { reason: task?.hold?.reason ?? '', from: task?.hold?.from ?? '', to: task?.hold?.to ?? '' },
    enabled: task?.enabled ?? true,
  }
}

/** The request that keeps a task: all of it, without what is empty. */
export function requestOf(year: number, d: PlanDraft): Record<string, unknown> {
  const optional = { note: d.note.trim(), real_from: d.real_from, real_to: d.real_to }
  return {
    year,
    unit: d.unit,
    title: d.title.trim(),
    planned_from: d.planned_from,
    planned_to: d.planned_to,
    ...Object.fromEntries(Object.entries(optional).filter(([, v]) => v !== '')),
    ...(d.budget === '' ? {} : { budget_fen: Math.round(d.budget * 100) }),
    milestones: d.milestones
      .filter((m) => m.title.trim() !== '' && m.due !== '')
      .map((m) => ({ title: m.title.trim(), due: m.due, ...(m.done ? { done: m.done } : {}) })),
    ...(d.hold.reason.trim() && d.hold.from && d.hold.to ? { hold: { ...d.hold, reason: d.hold.reason.trim() } } : {}),
    enabled: d.enabled,
  }
}
