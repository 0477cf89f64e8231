import assert from "node:assert/strict"
import { test } from "node:test"

import { Unheard } from "../../ui/browser/js/recording.js"
import { uploaded } from "../../ui/browser/js/recording_upload.js"

const file = { size: 1000 }

test("samples come at 8 kHz", async () => {
  const asked = []
  const samples = Float32Array.of(0.5, -0.5)
  const found = await uploaded(file, "recordings", (...question) => {
    asked.push(question)
    return new Response(samples.buffer)
  })
  assert.deepEqual(found, { samples, rate: 8000 })
  assert.deepEqual([asked[0][0], asked[0][1].method, asked[0][1].body], ["recordings", "POST", file])
})

test("what the lab refuses is told in its words", async () => {
  const refusing = () => Response.json({ error: "A recording: expected a voice, got silence." }, { status: 422 })
  const silence = new Unheard("A recording: expected a voice, got silence.")
  await assert.rejects(uploaded(file, "recordings", refusing), silence)
  await assert.rejects(uploaded(file, "recordings", () => new Response("", { status: 500 })), /The lab answered 500/)
})

test("a lab that is gone, and a file that is too large, are told at once", async () => {
  const gone = () => Promise.reject(new Error("no network"))
  await assert.rejects(uploaded(file, "recordings", gone), /The lab did not answer \(no network\)/)
  const unasked = () => assert.fail("it was sent")
  await assert.rejects(uploaded({ size: 30 * 2 ** 20 }, "recordings", unasked), /30 MB, and at most 20 are taken/)
})
