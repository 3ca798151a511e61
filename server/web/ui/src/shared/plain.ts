/** Something without what a screen watches of it and what is undefined in it, to be kept or sent. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
