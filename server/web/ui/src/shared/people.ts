/** A person as lists name them: two of one name are told apart by their staff number. */
export function personName(p: { display_name?: string; staff_number?: string } | undefined): string {
  if (!p) return ''
  if (!p.staff_number || p.staff_number === p.display_name) return p.display_name ?? ''
  return p.display_name ? `${p.display_name} · ${p.staff_number}` : p.staff_number
}
