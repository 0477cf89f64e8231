// Sends what a microphone hears to the page, the mean of its channels, as it comes.

class Recorder extends AudioWorkletProcessor {
  process([channels]) {
    if (channels.length) {
      const mean = Float32Array.from(channels[0], (_, place) => {
        return channels.reduce((sum, channel) => sum + channel[place], 0) / channels.length
      })
      this.port.postMessage(mean, [mean.buffer])
    }
    return true
  }
}

registerProcessor("recorder", Recorder)
