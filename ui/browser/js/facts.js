// What is known of a knowledge graph, and questions to it. An entity is a place in the list of classes; ids of
// relations follow those of entities, and those of relations that are read backwards follow these. The same as
// distill_core/tasks/graph/questions.py.

/** @param {string} packed base64: head, relation, tail of each fact, a byte each */
export function unpacked(packed) {
  return Uint8Array.from(atob(packed), sign => sign.charCodeAt(0))
}

/**
 * The known answers to a question, each with the part of its fact: 0 training, 1 validation, 2 test.
 * @param {{entity: number, relation: number, turned: boolean}} question ``turned``: the entity is the tail
 * @returns {Map<number, number>}
 */
export function answers(facts, counts, { entity, relation, turned }) {
  const [from, to] = turned ? [2, 0] : [0, 2]
  const found = new Map()
  for (let place = 0; place < facts.length; place += 3) {
    if (facts[place + from] !== entity || facts[place + 1] !== relation) continue
    if (!found.has(facts[place + to])) found.set(facts[place + to], partOf(place / 3, counts))
  }
  return found
}

function partOf(fact, counts) {
  if (fact < counts[0]) return 0
  return fact < counts[0] + counts[1] ? 1 : 2
}

/** @returns {BigInt64Array} two ids */
export function example({ entity, relation, turned }, { entities, relations }) {
  return BigInt64Array.of(BigInt(entity), BigInt(entities + relation + (turned ? relations : 0)))
}

/** Every question about an entity: all relations, then all of them backwards. */
export function about(entity, relations) {
  const ids = Array.from({ length: 2 * relations }, (_, id) => id)
  return ids.map(id => ({ entity, relation: id % relations, turned: id >= relations }))
}

/** The place of a name in a list, whatever its case and spaces; -1: there is none. */
export function placeOf(name, names) {
  const wanted = plain(name)
  return names.findIndex(one => plain(one) === wanted)
}

/** Up to three names that hold a word of the text, those that begin with it first. */
export function similar(text, names) {
  const wanted = plain(text)
  if (!wanted) return []
  const words = wanted.split(" ").filter(word => word.length > 2)
  const some = name => words.some(word => name.includes(word))
  const holds = [name => name.startsWith(wanted), name => name.includes(wanted), some]
  const ranked = names.map(name => [holds.findIndex(held => held(plain(name))), name]).filter(([found]) => found >= 0)
  return ranked.sort(([a], [b]) => a - b).slice(0, 3).map(([, name]) => name)
}

function plain(name) {
  return name.toLowerCase().replace(/[\s_–-]+/g, " ").trim()
}

/** The places of the largest shares, at most so many, the largest first. */
export function firsts(shares, most) {
  const order = Array.from(shares, (_, place) => place)
  return order.sort((a, b) => shares[b] - shares[a] || a - b).slice(0, most)
}

/** Known answers among a network's first, and those of the teacher's that are not. */
export function kept(shares, teacherShares, known, most) {
  const own = new Set(firsts(shares, most))
  const teachers = teacherShares ? firsts(teacherShares, most) : []
  return {
    held: [...known.keys()].filter(place => own.has(place)).length,
    lost: teachers.filter(place => known.has(place) && !own.has(place)),
  }
}

/**
 * Of the answers to every question about an entity, the pairs of relation and answer that networks are surest of.
 * @param {number[][][]} shares of each network, of each question
 * @returns {{question: number, place: number, shares: number[]}[]}
 */
export function surest(shares, most) {
  const pairs = []
  for (let question = 0; question < (shares[0]?.length ?? 0); question++) {
    const means = shares[0][question].map((_, place) => mean(shares.map(one => one[question][place])))
    const [place] = firsts(means, 1)
    pairs.push({ question, place, mean: means[place], shares: shares.map(one => one[question][place]) })
  }
  return pairs.sort((a, b) => b.mean - a.mean || a.question - b.question).slice(0, most)
}

function mean(values) {
  return values.reduce((total, value) => total + value, 0) / values.length
}
