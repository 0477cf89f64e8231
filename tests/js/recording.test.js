import assert from "node:assert/strict"
import { test } from "node:test"

import { loud, middle, resampled, Unheard } from "../../ui/browser/js/recording.js"

const tone = (seconds, { rate = 8000, hz = 200, level = 0.5 } = {}) =>
  Float32Array.from({ length: Math.round(seconds * rate) }, (_, n) => level * Math.sin((2 * Math.PI * hz * n) / rate))
const joined = (...parts) => Float32Array.from(parts.flatMap(part => [...part]))

test("what is quiet at both ends goes but for a margin", () => {
  const samples = joined(tone(0.5, { level: 1e-3 }), tone(0.4), tone(0.3, { level: 1e-3 }))
  assert.deepEqual(loud(samples), { from: 3600, to: 7600 })
})

test("no end is passed, and a pause inside stays", () => {
  assert.deepEqual(loud(tone(0.4)), { from: 0, to: 3200 })
  assert.deepEqual(loud(joined(tone(0.2), new Float32Array(4000), tone(0.2))), { from: 0, to: 7200 })
})

test("loud is what is within 30 dB of the loudest", () => {
  const echo = db => joined(tone(0.2), tone(0.2, { level: 0.5 * 10 ** (-db / 20) }), new Float32Array(2000))
  assert.equal(loud(echo(29.5)).to, 3600)
  assert.equal(loud(echo(30.5)).to, 2000)
})

test("networks see 40 frames of 25 ms, from the middle of a longer recording", () => {
  assert.deepEqual(middle({ from: 800, to: 8600 }), { from: 800, to: 8600 })
  assert.deepEqual(middle({ from: 800, to: 17_840 }), { from: 5400, to: 13_400 })
})

test("silence and a click are told apart from a word", () => {
  assert.throws(() => loud(new Float32Array(8000)), new Unheard("Nothing was heard. Speak nearer to the microphone, or choose another one."))
  assert.throws(() => loud(tone(0.05)), /This is 0\.05 s long, and a word takes at least 0\.1 s\./)
  assert.throws(() => loud(new Float32Array(0)), Unheard)
})

test("another rate gives the same tone at 8 kHz", () => {
  for (const rate of [16000, 22050, 44100, 48000]) {
    const samples = resampled(tone(0.5, { rate }), rate)
    assert.equal(samples.length, 4000)
    const wanted = tone(0.5)
    const worst = Math.max(...Array.from(samples.slice(200, -200), (one, n) => Math.abs(one - wanted[n + 200])))
    assert.ok(worst < 2e-3, `${rate}: ${worst}`)
  }
})

test("what is above 4 kHz does not come back as a lower tone", () => {
  const samples = resampled(tone(0.5, { rate: 48000, hz: 7000 }), 48000)
  assert.ok(Math.max(...samples.slice(200, -200)) < 1e-2)
})

test("8 kHz stays as it is", () => {
  const samples = tone(0.2)
  assert.equal(resampled(samples, 8000), samples)
})
