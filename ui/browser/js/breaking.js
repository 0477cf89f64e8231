// Who breaks first: from the answers along a drift to a sentence. A network breaks where its answer first is another
// one than to the image as it was.

/**
 * @param {number[]} amounts from 0 upwards
 * @param {number[]} answers a class for each amount
 * @returns {{at: number | null, holds: number, to: number | null}} at: where it breaks; holds: the last amount before;
 *   to: what it says then
 */
export function breaking(amounts, answers) {
  const place = answers.findIndex(answer => answer !== answers[0])
  if (place < 0) return { at: null, holds: amounts.at(-1), to: null }
  return { at: amounts[place], holds: amounts[place - 1], to: answers[place] }
}

/**
 * What one kind of drift shows.
 * @param {{most: number, amount: (value: number) => string}} kind
 * @param {{name: string, at: number | null, holds: number}[]} found one for each network
 */
export function told(kind, found) {
  const broken = found.filter(one => one.at !== null)
  const end = kind.amount(kind.most)
  if (!broken.length && found.length === 1) return `It holds to the end, ${end}.`
  if (!broken.length) return `Nobody changes the answer up to ${end}.`
  const first = Math.min(...broken.map(one => one.at))
  const early = found.filter(one => one.at === first)
  if (early.length === found.length) return `${all(found.length)} at ${kind.amount(first)}.`
  return capital(`${changes(early)} first, at ${kind.amount(first)}; ${lasting(kind, found)}.`)
}

/** How a sentence calls a network: a student by its name, which is shown letter for letter. */
export function called(network, networks) {
  const alone = networks.filter(({ role }) => role === network.role).length === 1
  return network.role !== "student" && alone ? `the ${network.role}` : network.name
}

function capital(sentence) {
  return sentence.startsWith("the ") ? `T${sentence.slice(1)}` : sentence
}

function all(count) {
  return count === 1 ? "It changes its answer" : `All ${count} change their answer`
}

function changes(early) {
  const names = joined(early.map(one => one.name))
  return early.length === 1 ? `${names} changes its answer` : `${names} change their answers`
}

function lasting(kind, found) {
  const holding = found.filter(one => one.at === null)
  const longest = Math.max(...found.map(one => one.holds))
  const last = holding.length ? holding : found.filter(one => one.holds === longest)
  const verb = last.length === 1 ? "holds" : "hold"
  return `${joined(last.map(one => one.name))} ${verb} to ${holding.length ? "the end" : kind.amount(longest)}`
}

/** From the first break to the last, as a share of the whole range; 0 where all break together or nobody does. */
export function spread(kind, found) {
  const broken = found.filter(one => one.at !== null)
  if (!broken.length) return 0
  const last = Math.max(...found.map(one => one.at ?? kind.most + kind.step))
  return (last - Math.min(...broken.map(one => one.at))) / kind.most
}

/**
 * The kind that separates them most, and the first amount at which some have changed their answer and others not.
 * @param {{kind: object, found: object[]}[]} results one for each kind
 */
export function separating(results) {
  const best = [...results].sort((a, b) => spread(b.kind, b.found) - spread(a.kind, a.found))[0]
  if (!best || spread(best.kind, best.found) === 0) return null
  return { kind: best.kind, at: Math.min(...best.found.filter(one => one.at !== null).map(one => one.at)) }
}

/** "a", "a and b", "a, b and c". */
export function joined(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`
}
