// Who breaks first: from the answers along a drift to a sentence. A network breaks where its answer first is another
// one than to the image as it was.

import { listed, N_, ngettext, t, together } from "./texts.js"

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
 * @param {{name: string, first: string, at: number | null, holds: number}[]} found one for each network, as ``called``
 */
export function told(kind, found) {
  const broken = found.filter(one => one.at !== null)
  const end = kind.amount(kind.most)
  if (!broken.length && found.length === 1) return t("It holds to the end, {end}.", { end })
  if (!broken.length) return t("Nobody changes the answer up to {end}.", { end })
  const at = Math.min(...broken.map(one => one.at))
  const amount = kind.amount(at)
  const early = found.filter(one => one.at === at)
  if (early.length === found.length) {
    return ngettext("It changes its answer at {amount}.", "All {count} change their answer at {amount}.", early.length, { amount })
  }
  return together(changing(early, amount), lasting(kind, found))
}

/** What a sentence calls a network, within it and where it comes first. A student's name is shown letter for letter. */
export function called(network, networks) {
  const alone = networks.filter(({ role }) => role === network.role).length === 1
  const { name, first } = (alone && ROLES[network.role]) || { name: network.name, first: network.name }
  return { name: t(name), first: t(first) }
}

const ROLES = {
  teacher: { name: N_("the teacher"), first: N_("The teacher") },
  control: { name: N_("the control"), first: N_("The control") },
}

function changing(early, amount) {
  return ngettext(
    "{names} changes its answer first, at {amount}.", "{names} change their answers first, at {amount}.",
    early.length, { names: inRow(early), amount },
  )
}

function lasting(kind, found) {
  const holding = found.filter(one => one.at === null)
  const longest = Math.max(...found.map(one => one.holds))
  const last = holding.length ? holding : found.filter(one => one.holds === longest)
  const places = { names: inRow(last), amount: kind.amount(longest) }
  if (holding.length) return ngettext("{names} holds to the end.", "{names} hold to the end.", last.length, places)
  return ngettext("{names} holds to {amount}.", "{names} hold to {amount}.", last.length, places)
}

/** At the beginning of a sentence. */
function inRow([{ first }, ...others]) {
  return listed([first, ...others.map(one => one.name)])
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
