import assert from "node:assert/strict"
import { test } from "node:test"

import { held } from "../../ui/browser/js/holding.js"
import { sent } from "../../ui/browser/js/sending.js"
import { Shots, shotsOf } from "../../ui/browser/js/shots.js"
import { seconds, wave } from "../../ui/browser/js/wave.js"
import { crcOf, zipped } from "../../ui/browser/js/zip.js"

const MOST = { classes: 3, each: 20, bytes: 1000 }
const shot = size => ({ bytes: new Uint8Array(size ?? 4) })

function recorded(...counts) {
  const shots = new Shots(MOST, 8)
  counts.forEach((count, at) => {
    const one = shots.classes[at]
    one.name = `class ${at}`
    shots.begin(one)
    for (let n = 0; n < count; n++) shots.put(one, shot())
  })
  return shots
}

test("what lacks is told in the order in which it is done", () => {
  const shots = recorded(8)
  assert.equal(shots.lacking, "classes")
  shots.begin(shots.classes[1])
  shots.put(shots.classes[1], shot())
  assert.equal(shots.lacking, "names")
  shots.classes[1].name = " class 0 "
  assert.equal(shots.lacking, "twice")
  shots.classes[1].name = "猫"
  assert.equal(shots.lacking, "shots")
  for (let n = 0; n < 7; n++) shots.put(shots.classes[1], shot())
  assert.equal(shots.lacking, null)
})

test("parts are cut in the order of time, and every class is in each", () => {
  const files = recorded(20, 8).files("jpg").map(one => one.name)
  assert.deepEqual(
    ["train", "valid", "test"].map(part => files.filter(name => name.startsWith(`${part}/class 0/`)).length),
    [14, 3, 3],
  )
  assert.deepEqual(files.slice(-2), ["valid/class 1/0006.jpg", "test/class 1/0007.jpg"])
})

test("no name leads out of its folder or hides it", () => {
  const shots = recorded(1, 1)
  shots.classes[0].name = "../../a"
  shots.classes[1].name = ".b\\c"
  assert.deepEqual(shots.files("jpg").map(one => one.name.split("/")[1]), ["．．／..／a", "．b／c"])
})

test("no more fit than are taken, of a class or in all", () => {
  const shots = recorded(20)
  assert.equal(shots.put(shots.classes[0], shot()), false)
  shots.begin(shots.classes[1])
  assert.equal(shots.put(shots.classes[1], shot(950)), false)
  assert.equal(shotsOf(shots.classes[1]).length, 0)
  shots.end(shots.classes[1])
  assert.deepEqual(shots.classes[1].takes, [])
  shots.add()
  shots.add()
  assert.equal(shots.classes.length, 3)
})

test("the last press and a class are removed, and a class comes back in its place", () => {
  const shots = recorded(3, 2)
  const [first] = shots.classes
  shots.begin(first)
  shots.put(first, shot())
  shots.undo(first)
  assert.equal(shotsOf(first).length, 3)
  shots.remove(first)
  assert.deepEqual(shots.classes.map(one => one.name), ["class 1"])
  shots.restore()
  assert.deepEqual(shots.classes.map(one => one.name), ["class 0", "class 1"])
  assert.equal(shots.removed, null)
})

test("a shot that comes when its class is gone is dropped", () => {
  const shots = recorded(1, 1)
  const [first] = shots.classes
  shots.remove(first)
  assert.equal(shots.put(first, shot()), true)
  assert.equal(shotsOf(first).length, 1)
})

test("a zip file holds its files as they are, with names in UTF-8", async () => {
  assert.equal(crcOf(new TextEncoder().encode("123456789")), 0xcbf43926)
  const blob = zipped([{ name: "train/猫/1.jpg", bytes: new Uint8Array([1, 2, 3]) }])
  const view = new DataView(await blob.arrayBuffer())
  const name = new TextEncoder().encode("train/猫/1.jpg").length
  assert.equal(blob.size, 30 + name + 3 + 46 + name + 22)
  assert.deepEqual([view.getUint32(0, true), view.getUint16(6, true), view.getUint32(14, true)], [
    0x04034b50, 0x800, crcOf(new Uint8Array([1, 2, 3])),
  ])
  const end = blob.size - 22
  assert.deepEqual([view.getUint32(end, true), view.getUint16(end + 10, true), view.getUint32(end + 16, true)], [
    0x06054b50, 1, 30 + name + 3,
  ])
})

test("a long press becomes recordings of a second, a short rest stays with the last, silence is none", () => {
  const tone = length => Float32Array.from({ length }, (_, at) => Math.sin(at / 3))
  const lengths = length => seconds({ samples: tone(length), rate: 8000 }).map(one => one.length)
  assert.deepEqual(lengths(1000), [1000])
  assert.deepEqual(lengths(16_000), [8000, 8000])
  assert.deepEqual(lengths(18_000), [8000, 10_000])
  assert.deepEqual(lengths(19_000), [8000, 8000, 3000])
  assert.deepEqual(seconds({ samples: new Float32Array(8000), rate: 8000 }), [])
  assert.deepEqual(seconds({ samples: new Float32Array(0), rate: 8000 }), [])
})

test("a wave file says what is in it", () => {
  const made = wave(new Float32Array([0, 1, -2]))
  const view = new DataView(made.buffer)
  assert.equal(made.length, 50)
  assert.deepEqual([view.getUint32(24, true), view.getUint32(40, true)], [8000, 6])
  assert.deepEqual([44, 46, 48].map(place => view.getInt16(place, true)), [0, 32767, -32767])
})

test("what the lab refuses is said in its words, and a lab that is gone in ours", async () => {
  const answer = (ok, told) => async () => ({ ok, status: 500, json: async () => told })
  await sent(null, "", answer(true))
  await assert.rejects(sent(null, "", answer(false, { error: "No room." })), /^Error: No room\.$/)
  await assert.rejects(sent(null, "", answer(false, {})), /The lab answered 500\./)
  const gone = async () => Promise.reject(new Error("offline"))
  await assert.rejects(sent(null, "", gone), /The lab did not answer \(offline\)\./)
})

test("a button acts once a press, by a pointer or a key, and ends when the focus goes", () => {
  const heard = []
  const listeners = {}
  const node = {
    disabled: false,
    classList: { add: () => {}, remove: () => {} },
    addEventListener: (name, act) => (listeners[name] = act),
  }
  held(node, () => heard.push("begin"), () => heard.push("end"))
  const key = { key: " ", preventDefault: () => {} }
  node.onkeydown(key)
  node.onkeydown({ ...key, repeat: true })
  node.onkeyup(key)
  node.onkeyup(key)
  node.onpointerdown({ button: 0, pointerId: 1 })
  listeners.blur()
  listeners.pointerup()
  node.onpointerdown({ button: 2 })
  node.disabled = true
  node.onpointerdown({ button: 0 })
  assert.deepEqual(heard, ["begin", "end", "begin", "end"])
})
